#include "backend/torch/compiled_images.hpp"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <optional>
#include <utility>

#include "backend/torch/onednn.hpp"
#include "backend/torch/share.hpp"
#include "base/error.hpp"
#include "kernels/max_pool.hpp"

namespace medbench::torch_backend {

namespace {

constexpr std::int64_t kLeastShared = std::int64_t{1}
                                      << 17U;  // elements; fewer are done before threads begin

using Sizes = std::vector<std::int64_t>;

template <class Function>
c10::TypedOperatorHandle<Function> find(const char* name, const char* overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Function>();
}

using Reorder = at::Tensor(const at::Tensor&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, std::int64_t,
                           at::OptionalIntArrayRef);
using ReorderTransposed = at::Tensor(const at::Tensor&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef,
                                     at::IntArrayRef, std::int64_t, at::OptionalIntArrayRef);
using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                             at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, std::int64_t,
                             c10::string_view, OneDnnScalars, std::optional<c10::string_view>);
using TransposedPointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                                       at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef,
                                       std::int64_t, c10::string_view, OneDnnScalars,
                                       std::optional<c10::string_view>);
using Binary = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                          const std::optional<at::Tensor>&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef,
                          std::int64_t, c10::string_view, std::optional<at::Scalar>,
                          std::optional<c10::string_view>, OneDnnScalars, std::optional<c10::string_view>);

std::optional<at::Tensor> optional(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional(tensor) : std::nullopt;
}

LayerForm make(const ir::Convolution& op, const ImageChain& chain, const at::Tensor& weight,
               const at::Tensor& bias, const Sizes& input) {
  const at::Tensor packed = find<Reorder>("mkldnn::_reorder_convolution_weight")
                                .call(weight, op.padding, op.stride, op.dilation, op.groups, input);
  OneDnnAttribute attribute = onednn_attribute(chain.activation);
  if (!chain.addend) {
    return {
        [op, packed, bias = optional(bias), attribute = std::move(attribute),
         call = find<Pointwise>("mkldnn::_convolution_pointwise")](const at::Tensor& x, const at::Tensor&) {
          return call.call(x, packed, bias, op.padding, op.stride, op.dilation, op.groups, attribute.name,
                           attribute.scalars, attribute.algorithm);
        },
        "mkldnn::_convolution_pointwise"};
  }
  const bool relu = chain.activation.activation == ir::Activation::Relu;
  const auto after = relu ? std::optional<c10::string_view>("relu") : std::nullopt;
  return {[op, packed, bias = optional(bias), after,
           call = find<Binary>("mkldnn::_convolution_pointwise", "binary")](const at::Tensor& x,
                                                                            const at::Tensor& added) {
            return call.call(x, added, packed, bias, op.padding, op.stride, op.dilation, op.groups, "add",
                             std::nullopt, after, OneDnnScalars(), std::nullopt);
          },
          "mkldnn::_convolution_pointwise.binary"};
}

LayerForm make(const ir::TransposedConvolution& op, const ImageChain& chain, const at::Tensor& weight,
               const at::Tensor& bias, const Sizes& input) {
  const at::Tensor packed =
      find<ReorderTransposed>("mkldnn::_reorder_convolution_transpose_weight")
          .call(weight, op.padding, op.output_padding, op.stride, op.dilation, op.groups, input);
  return {[op, packed, bias = optional(bias), attribute = onednn_attribute(chain.activation),
           call = find<TransposedPointwise>("mkldnn::_convolution_transpose_pointwise")](const at::Tensor& x,
                                                                                         const at::Tensor&) {
            return call.call(x, packed, bias, op.padding, op.output_padding, op.stride, op.dilation,
                             op.groups, attribute.name, attribute.scalars, attribute.algorithm);
          },
          "mkldnn::_convolution_transpose_pointwise"};
}

// Of a plane too, which has a depth of 1.
kernels::PoolWindow window_of(const ir::Pool& op) {
  kernels::PoolWindow window;
  const std::size_t first = window.kernel.size() - op.kernel.size();
  for (std::size_t i = 0; i < op.kernel.size(); ++i) {
    window.kernel[first + i] = op.kernel[i];
    window.stride[first + i] = op.stride[i];
    window.padding[first + i] = op.padding[i];
  }
  return window;
}

at::Tensor max_pool(const kernels::PoolWindow& window, const at::Tensor& image) {
  const at::MemoryFormat format = memory_format(image.dim(), true);
  const at::Tensor x = image.contiguous(format);
  kernels::PoolSizes sizes{.channels = x.size(1)};
  Sizes result{x.size(0), x.size(1)};
  const std::size_t first = sizes.in.size() + 2 - static_cast<std::size_t>(x.dim());
  for (std::size_t i = first; i < sizes.in.size(); ++i) {
    sizes.in[i] = x.size(static_cast<std::int64_t>(i - first) + 2);
    sizes.out[i] = (sizes.in[i] + 2 * window.padding[i] - window.kernel[i]) / window.stride[i] + 1;
    result.push_back(sizes.out[i]);
  }
  at::Tensor y = at::empty(result, x.options(), format);
  const std::int64_t rows = x.size(0) * sizes.out[0] * sizes.out[1];
  const auto run = [&](const auto* from, auto* to) {
    const auto pool = [&](std::int64_t begin, std::int64_t end) {
      kernels::max_pool_rows(window, sizes, from, to, begin, end);
    };
    if (x.numel() < kLeastShared) {
      pool(0, rows);
    } else {
      share(rows, pool);
    }
  };
  if (x.scalar_type() == at::kFloat) {
    run(x.const_data_ptr<float>(), y.mutable_data_ptr<float>());
  } else {
    run(static_cast<const kernels::Bf16*>(x.const_data_ptr()),
        static_cast<kernels::Bf16*>(y.mutable_data_ptr()));
  }
  return y;
}

}  // namespace

LayerForm make_packed_convolution(const ImageChain& chain, const at::Tensor& weight, const at::Tensor& bias,
                                  const Sizes& input) {
  if (const auto* op = std::get_if<ir::Convolution>(&chain.first->op))
    return make(*op, chain, weight, bias, input);
  return make(std::get<ir::TransposedConvolution>(chain.first->op), chain, weight, bias, input);
}

ImageForm make_channels_last_norm(const ir::InstanceNorm& op, std::span<const at::Tensor> parameters) {
  std::optional<at::Tensor> scale;
  std::optional<at::Tensor> shift;
  if (op.affine) {
    scale = parameters[0];
    shift = parameters[1];
  }
  // Each channel is a group of its own.
  return {[op, scale, shift](const at::Tensor& x) {
            const at::Tensor image = x.contiguous(memory_format(x.dim(), true));
            return at::group_norm(image, image.size(1), scale, shift, op.epsilon, false);
          },
          "at::group_norm"};
}

ImageForm make_own_max_pool(const ir::Pool& op) {
  return {[window = window_of(op)](const at::Tensor& x) { return max_pool(window, x); },
          "medbench::max_pool"};
}

}  // namespace medbench::torch_backend
