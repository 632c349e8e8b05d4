// Numbers of 8 bits in floating point.
#include "base/error.hpp"
#include "lower/onnx/lowering.hpp"

namespace medbench::lower {

void Lowering::lower(const ir::Node& node, const ir::RoundToFp8& op) {
  if (!flavour_.fp8) throw unsupported_error("{} is not written in fp8", flavour_.runtime);
  const ir::ValueId id = node.inputs.at(0);
  const DType dtype = value(node.output).dtype;
  NodeSpec numbers{"DequantizeLinear", {}};
  if (op.scale > 0) {
    const std::string scale = model_.constant(op.scale, DType::F32);
    const NodeSpec rounded{"QuantizeLinear", {wide_input(id, Form::Own), scale, model_.fp8_zero()}};
    numbers.inputs = {step(node, "numbers", rounded), scale};
  } else {
    if (value(id).kind != ir::ValueKind::Parameter)
      throw unsupported_error("{} is computed, but a matrix whose rows have scales must be a parameter",
                              value(id).name);
    const Fp8Matrix matrix = parameters_.fp8(id);
    numbers.inputs = {matrix.numbers, matrix.scales};
    numbers.attributes = {{"axis", std::int64_t{0}}};
  }
  if (dtype == DType::F32) return make(node, numbers);
  make(node, {"Cast", {step(node, "wide", numbers)}, {{"to", ModelBuilder::type_code(dtype)}}});
}

}  // namespace medbench::lower
