#include "backend/torch/fused_images.hpp"

#include <ATen/ATen.h>
#include <utility>

#include "backend/torch/images.hpp"
#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

constexpr std::size_t kRankOfPlane = 4;
constexpr std::size_t kRankOfVolume = 5;

using SharedKernels = std::shared_ptr<ImageKernels>;

at::Tensor factors(std::span<const at::Tensor> parameters, std::size_t index) {
  return index < parameters.size() ? parameters[index].to(at::kFloat).contiguous() : at::Tensor();
}

// The product alone; the bias goes with what follows.
ChainForm convolution(const ImageChain& chain, ImageForm product, const at::Tensor& bias,
                      SharedKernels kernels) {
  if (chain.pool != nullptr) {
    return {[product = std::move(product.call), bias, kernels = std::move(kernels),
             pool = std::get<ir::Pool>(chain.pool->op),
             activation = chain.activation](const std::vector<at::Tensor>& images, const at::Tensor&) {
              return kernels->max_pool(product(images.front()), bias, pool, activation);
            },
            product.kernel + ", medbench::max_pool"};
  }
  const bool is_bare =
      !bias.defined() && !chain.addend && chain.activation.activation == ir::Activation::None;
  if (is_bare) {
    return {[product = std::move(product.call)](const std::vector<at::Tensor>& images, const at::Tensor&) {
              return product(images.front());
            },
            product.kernel};
  }
  return {[product = std::move(product.call), bias, kernels = std::move(kernels),
           activation = chain.activation](const std::vector<at::Tensor>& images, const at::Tensor& addend) {
            const at::Tensor made = product(images.front());
            at::Tensor y = made.contiguous(memory_format(made.dim(), true));
            kernels->finish(y, {}, bias, addend, activation);
            return y;
          },
          product.kernel + ", medbench::finish"};
}

ChainForm join(const ImageChain& chain, const at::Tensor& scale, const at::Tensor& shift,
               SharedKernels kernels) {
  return {[scale, shift, activation = chain.activation, kernels = std::move(kernels)](
              const std::vector<at::Tensor>& images, const at::Tensor&) {
            return kernels->join(images, scale, shift, activation);
          },
          "medbench::join"};
}

ChainForm batch_norm(const ir::BatchNorm& op, const ImageChain& chain, std::span<const at::Tensor> parameters,
                     SharedKernels kernels) {
  const auto wide = [&](std::size_t index) { return parameters[index].to(at::kDouble); };
  const at::Tensor scale = wide(0) / (wide(3) + op.epsilon).sqrt();
  const at::Tensor shift = wide(1) - wide(2) * scale;
  return join(chain, scale.to(at::kFloat), shift.to(at::kFloat), std::move(kernels));
}

ChainForm instance_norm(const ir::InstanceNorm& op, const ImageChain& chain,
                        std::span<const at::Tensor> parameters, SharedKernels kernels) {
  return {[op, scale = factors(parameters, 0), shift = factors(parameters, 1), activation = chain.activation,
           kernels = std::move(kernels)](const std::vector<at::Tensor>& images, const at::Tensor&) {
            return kernels->instance_norm(images.front(), scale, shift, op.epsilon, activation);
          },
          "medbench::instance_norm"};
}

}  // namespace

ChainForm make_fused_chain(const ImageChain& chain, std::span<const at::Tensor> parameters,
                           std::shared_ptr<ImageKernels> kernels) {
  return std::visit(
      [&]<class Op>(const Op& op) -> ChainForm {
        if constexpr (std::same_as<Op, ir::Convolution> || std::same_as<Op, ir::TransposedConvolution>) {
          return convolution(chain, make_image_form(op, parameters.first(1)), factors(parameters, 1),
                             std::move(kernels));
        } else if constexpr (std::same_as<Op, ir::BatchNorm>) {
          return batch_norm(op, chain, parameters, std::move(kernels));
        } else if constexpr (std::same_as<Op, ir::InstanceNorm>) {
          return instance_norm(op, chain, parameters, std::move(kernels));
        } else if constexpr (std::same_as<Op, ir::Concatenate>) {
          return join(chain, {}, {}, std::move(kernels));
        } else {
          throw internal_error("torch: {} begins no chain", chain.first->name);
        }
      },
      chain.first->op);
}

bool kernels_take(DType type, const std::vector<std::int64_t>& shape) {
  const bool is_image = shape.size() == kRankOfPlane || shape.size() == kRankOfVolume;
  return is_image && (type == DType::F16 || type == DType::BF16 || type == DType::F32) &&
         ImageKernels::takes_channels(shape[1]);
}

}  // namespace medbench::torch_backend
