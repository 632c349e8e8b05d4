// What stands before and in integer products of images: bytes and filters as the numbers they stand for.
#include <cmath>
#include <limits>

#include "ir/oracle_ops.hpp"
#include "ir/quantization.hpp"

namespace medbench::ir {

OracleTensor fake_quantize(const OracleTensor& x, const FakeQuantize& op) {
  const ActivationScale scale = activation_scale(op.min, op.max, op.activation_max);
  OracleTensor result = x;
  for (float& element : result.floats) {
    const std::int32_t integer = std::isnan(element) ? 0 : quantize_activation_element(element, scale);
    element = round_to(x.dtype, double{scale.scale} * (integer - scale.zero_point));
  }
  return result;
}

OracleTensor rounded_filters(const OracleTensor& weight, std::int32_t weight_max) {
  OracleTensor result = weight;
  const std::size_t step = weight.floats.size() / static_cast<std::size_t>(weight.shape.front());
  for (std::size_t begin = 0; begin < weight.floats.size(); begin += step) {
    const float scale = weight_scale({weight.floats.data() + begin, step}, weight_max);
    for (std::size_t i = begin; i < begin + step; ++i) {
      const auto integer = static_cast<float>(quantize_weight_element(weight.floats[i], scale, weight_max));
      result.floats[i] = std::isfinite(scale) ? integer * scale : std::numeric_limits<float>::quiet_NaN();
    }
  }
  return result;
}

}  // namespace medbench::ir
