// By oneDNN's matrix product of unsigned and signed bytes: with VNNI, and with AVX2 alone where the pass has
// left room in 16 bits. In groups by kernels of our own.
#include "backend/torch/quantized_linear.hpp"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <cmath>
#include <fmt/core.h>
#include <limits>
#include <memory>
#include <utility>

#include "backend/torch/share.hpp"
#include "base/error.hpp"
#include "ir/quantization.hpp"
#include "kernels/int8_groups.hpp"

namespace medbench::torch_backend {

namespace {

// The operators have no C++ declaration; they are found by name.
struct OneDnnInt8 {
  using Prepack = at::Tensor(at::Tensor, std::optional<c10::List<std::int64_t>>);
  using Pointwise = at::Tensor(at::Tensor, double, std::int64_t, at::Tensor, at::Tensor, at::Tensor,
                               std::optional<at::Tensor>, double, std::int64_t, std::optional<at::ScalarType>,
                               c10::string_view, c10::List<std::optional<at::Scalar>>, c10::string_view);
  using Binary = at::Tensor(at::Tensor, double, std::int64_t, at::Tensor, at::Tensor, at::Tensor,
                            std::optional<at::Tensor>, std::optional<at::Tensor>, double, std::int64_t,
                            std::optional<at::ScalarType>, double, std::int64_t, c10::string_view, double,
                            c10::string_view, c10::List<std::optional<at::Scalar>>, c10::string_view);

  c10::TypedOperatorHandle<Prepack> prepack;
  c10::TypedOperatorHandle<Pointwise> pointwise;
  c10::TypedOperatorHandle<Binary> binary;

  static OneDnnInt8 find() {
    auto& dispatcher = c10::Dispatcher::singleton();
    return {dispatcher.findSchemaOrThrow("onednn::qlinear_prepack", "").typed<Prepack>(),
            dispatcher.findSchemaOrThrow("onednn::qlinear_pointwise", "").typed<Pointwise>(),
            dispatcher.findSchemaOrThrow("onednn::qlinear_pointwise", "binary").typed<Binary>()};
  }
};

// x as bytes: of the quantized tensor's own memory, which the result keeps alive.
at::Tensor bytes_of(at::Tensor quantized, std::int64_t columns) {
  void* data = quantized.data_ptr();
  const std::int64_t rows = quantized.numel() / columns;
  return at::from_blob(
      data, {rows, columns}, [owner = std::move(quantized)](void*) {}, at::TensorOptions().dtype(at::kByte));
}

void activate_in_place(ir::Activation activation, at::Tensor& y) {
  switch (activation) {
    case ir::Activation::None:
      return;
    case ir::Activation::Relu:
      at::relu_(y);
      return;
    case ir::Activation::GeluErf:
      at::gelu_(y);
      return;
    case ir::Activation::GeluTanh:
      at::gelu_(y, "tanh");
      return;
    case ir::Activation::Tanh:
      at::tanh_(y);
      return;
    case ir::Activation::Silu:
    case ir::Activation::Sigmoid:
    case ir::Activation::LeakyRelu:
      break;  // never a linear layer's
  }
  throw internal_error("unknown activation");
}

// One layer. All that does not depend on x is done when it is made.
class IntegerLinear {
 public:
  IntegerLinear(const ir::QuantizedLinear& linear, const ir::QuantizedWeight& weight, at::Tensor bias,
                std::int64_t rows)
      : linear_(linear), ops_(OneDnnInt8::find()), bias_(std::move(bias)), in_(weight.in), out_(weight.out) {
    auto* integers = const_cast<std::int8_t*>(weight.integers.data());
    const at::Tensor plain = at::from_blob(integers, {out_, in_}, at::TensorOptions().dtype(at::kChar));
    packed_ = ops_.prepack.call(plain, c10::List<std::int64_t>{rows, in_});
    auto* scales = const_cast<float*>(weight.scales.data());
    scales_ = at::from_blob(scales, {out_}, at::TensorOptions().dtype(at::kFloat)).clone();
    zero_points_ = at::zeros({out_}, at::TensorOptions().dtype(at::kInt));
    // What a zero point of one unit adds to each column of the product.
    column_sums_ = plain.sum({1}, false, at::kInt).to(at::kFloat).mul_(scales_);
    if (linear_.input == ir::ActivationQuantization::Static)
      fixed_ = ir::activation_scale(linear_.input_min, linear_.input_max, linear_.activation_max);
  }

  at::Tensor operator()(const at::Tensor& x, const at::Tensor& residual) const {
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = out_;
    const ir::ActivationScale scale = fixed_ ? *fixed_ : scale_of(x);
    if (!std::isfinite(scale.scale))
      return at::full(shape, std::numeric_limits<double>::quiet_NaN(), x.options());
    at::Tensor integers = bytes_of(
        at::quantize_per_tensor(x.contiguous(), double{scale.scale}, scale.zero_point, at::kQUInt8), in_);
    // A range taken from x itself yields at most one step more than the largest integer.
    if (fixed_ && scale.largest < ir::kLargestActivation) integers.clamp_max_(scale.largest);
    // The product is taken with zero point 0, which is faster; the bias makes up for it.
    const at::Tensor bias =
        scale.zero_point == 0
            ? bias_
            : at::sub(bias_, column_sums_, double{scale.scale} * static_cast<double>(scale.zero_point));
    return product(integers, double{scale.scale}, bias, residual).view(shape);
  }

 private:
  [[nodiscard]] ir::ActivationScale scale_of(const at::Tensor& x) const {
    const auto [min, max] = at::aminmax(x);
    return ir::activation_scale(double{*min.const_data_ptr<float>()}, double{*max.const_data_ptr<float>()},
                                linear_.activation_max);
  }

  [[nodiscard]] at::Tensor product(const at::Tensor& integers, double scale, const at::Tensor& bias,
                                   const at::Tensor& residual) const {
    const c10::List<std::optional<at::Scalar>> none;
    if (residual.defined() && linear_.activation == ir::Activation::None) {
      return ops_.binary.call(integers, scale, 0, packed_, scales_, zero_points_,
                              residual.reshape({-1, out_}), bias, 1.0, 0, at::kFloat, 1.0, 0, "add", 1.0,
                              "none", none, "");
    }
    const bool is_relu = linear_.activation == ir::Activation::Relu;
    at::Tensor y = ops_.pointwise.call(integers, scale, 0, packed_, scales_, zero_points_, bias, 1.0, 0,
                                       at::kFloat, is_relu ? "relu" : "none", none, "");
    // oneDNN's own gelu after an integer product is slower than a pass of its own.
    if (!is_relu) activate_in_place(linear_.activation, y);
    return residual.defined() ? y.add_(residual.reshape({-1, out_})) : y;
  }

  ir::QuantizedLinear linear_;
  OneDnnInt8 ops_;
  at::Tensor packed_;
  at::Tensor scales_;       // [out]
  at::Tensor zero_points_;  // [out], of the weights: all 0
  at::Tensor column_sums_;  // [out]
  at::Tensor bias_;         // [out]
  std::int64_t in_;
  std::int64_t out_;
  std::optional<ir::ActivationScale> fixed_;  // where calibration gave the range
};

// The same with a range for each group of each row, by kernels of our own: libtorch has none.
class GroupedLinear {
 public:
  GroupedLinear(const ir::QuantizedLinear& linear, const ir::QuantizedWeight& weight, const at::Tensor& bias)
      : linear_(linear),
        isa_(kernels::best_isa(linear.int16_sums)),
        packed_(kernels::pack_groups(weight)),
        bias_(bias.contiguous()) {}

  [[nodiscard]] std::string name() const { return fmt::format("medbench::int8_groups_{}", to_string(isa_)); }

  at::Tensor operator()(const at::Tensor& x, const at::Tensor& residual) {
    const kernels::GroupedShape& shape = packed_.shape;
    std::vector<std::int64_t> sizes = x.sizes().vec();
    sizes.back() = shape.out;
    const at::Tensor plain = x.contiguous();
    const std::int64_t rows = plain.numel() / shape.in;
    rows_.resize(shape, rows);
    at::Tensor y = at::empty(sizes, x.options());
    // The residual comes after the activation.
    const bool adds = residual.defined() && linear_.activation == ir::Activation::None;
    const at::Tensor added = adds ? residual.contiguous() : at::Tensor();
    const kernels::GroupedWeights weights = view_of(packed_);
    const kernels::Output output{.bias = bias_.const_data_ptr<float>(),
                                 .residual = adds ? added.const_data_ptr<float>() : nullptr,
                                 .y = y.mutable_data_ptr<float>()};
    share(rows, [&](std::int64_t first, std::int64_t last) {
      round_rows(weights, plain.const_data_ptr<float>(), first, last, linear_.activation_max, rows_, isa_);
    });
    share(shape.panels(), [&](std::int64_t first, std::int64_t last) {
      multiply_panels(weights, rows_, rows, first, last, output, isa_);
    });
    activate_in_place(linear_.activation, y);
    return residual.defined() && !adds ? y.add_(residual) : y;
  }

 private:
  ir::QuantizedLinear linear_;
  kernels::Isa isa_;
  kernels::PackedGroups packed_;
  kernels::GroupedRows rows_;  // of the last pass; kept for its memory
  at::Tensor bias_;            // [out]
};

// integers [out, in], scales [out, groups]
at::Tensor dequantized(const at::Tensor& integers, const at::Tensor& scales, std::int64_t group) {
  const at::Tensor numbers = integers.to(at::kFloat);
  if (group == 0) return numbers.mul_(scales);
  return numbers.mul_(scales.repeat_interleave(group, 1).narrow(1, 0, integers.size(1)));
}

}  // namespace

bool needs_own_kernels(const ir::QuantizedLinear& linear) {
  return linear.group != 0 && linear.input == ir::ActivationQuantization::Dynamic;
}

namespace {

LayerForm make_in_float(const ir::QuantizedLinear& linear, const ir::QuantizedWeight& weight, at::Tensor bias,
                        const QuantizedForm& form) {
  if (needs_own_kernels(linear)) {
    auto layer = std::make_shared<GroupedLinear>(linear, weight, std::move(bias));
    return {[layer](const at::Tensor& x, const at::Tensor& residual) { return (*layer)(x, residual); },
            layer->name()};
  }
  if (linear.input != ir::ActivationQuantization::None) {
    auto layer = std::make_shared<IntegerLinear>(linear, weight, std::move(bias), form.rows);
    return {[layer](const at::Tensor& x, const at::Tensor& residual) { return (*layer)(x, residual); },
            "onednn::qlinear_pointwise"};
  }
  auto* data = const_cast<std::int8_t*>(weight.integers.data());
  auto* factors = const_cast<float*>(weight.scales.data());
  const at::Tensor integers =
      at::from_blob(data, {weight.out, weight.in}, at::TensorOptions().dtype(at::kChar));
  const at::Tensor scales =
      at::from_blob(factors, {weight.out, weight.groups()}, at::TensorOptions().dtype(at::kFloat));
  const ir::Linear plain{.activation = linear.activation, .residual = linear.residual};
  if (!form.keeps_integers)
    return make_linear(plain, dequantized(integers, scales, weight.group), bias, form.rows);
  return {[integers = integers.clone(), scales = scales.clone(), bias, group = weight.group,
           activation = linear.activation](const at::Tensor& x, const at::Tensor& residual) {
            at::Tensor y = activate(activation, at::linear(x, dequantized(integers, scales, group), bias));
            return residual.defined() ? y.add_(residual) : y;
          },
          "at::linear of dequantized int8"};
}

}  // namespace

bool has_integer_linear() {
  return at::globalContext().hasMKLDNN() &&
         c10::Dispatcher::singleton().findSchema({"onednn::qlinear_pointwise", ""}).has_value();
}

LayerForm make_quantized_linear(const ir::QuantizedLinear& linear, const ir::QuantizedWeight& weight,
                                const at::Tensor& bias, const QuantizedForm& form) {
  LayerForm made = make_in_float(linear, weight, bias.to(at::kFloat), form);
  if (bias.scalar_type() == at::kFloat) return made;
  made.call = [call = std::move(made.call)](const at::Tensor& x, const at::Tensor& residual) {
    const at::Tensor added = residual.defined() ? residual.to(at::kFloat) : residual;
    return call(x.to(at::kFloat), added).to(x.scalar_type());
  };
  return made;
}

}  // namespace medbench::torch_backend
