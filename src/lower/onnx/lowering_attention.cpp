// Attention and its mask.
#include <cmath>

#include "base/error.hpp"
#include "lower/onnx/lowering.hpp"

namespace medbench::lower {
namespace {

// Added to the scores of keys that are hidden: their weights become exactly 0, and a row that hides all keys
// stays finite. A number that bf16 has too: of any other, OpenVINO's conversion to bf16 leaves the rounding
// error to the keys that are not hidden, and beside that their scores are lost.
double hidden_bias(DType dtype) {
  return dtype == DType::F16 ? -3e4 : -0x1p100;
}

const std::vector<std::int64_t> kHeadsFirst{0, 2, 1, 3};      // [batch, heads, seq, depth]
const std::vector<std::int64_t> kKeysTransposed{0, 2, 3, 1};  // [batch, heads, depth, seq]

}  // namespace

const Lowering::Mask& Lowering::mask(ir::ValueId id, DType dtype) {
  Mask& mask = masks_[{id, dtype}];
  if (!mask.any.empty()) return mask;
  const std::string name = value(id).name;
  const auto add = [&](std::string_view suffix, const NodeSpec& spec) {
    return model_.add(spec, fmt::format("{}.{}", name, suffix));
  };
  // Any number but 0 means to attend.
  const std::string attend =
      add("attend", {"Cast", {own(id)}, {{"to", ModelBuilder::type_code(DType::Bool)}}});
  const std::string row = model_.constant({1});
  const std::string heads_and_row = model_.constant({1, 2});
  const std::string number = add("number", {"Cast", {attend}, {{"to", ModelBuilder::type_code(dtype)}}});
  const std::string count = add("count", {"ReduceSum", {number, row}, {{"keepdims", std::int64_t{1}}}});
  mask.any = add("any", {"Unsqueeze", {add("count.sign", {"Sign", {count}}), row}});
  const std::string wide = add("wide", {"Unsqueeze", {number, heads_and_row}});
  const std::string hidden = add("hidden", {"Sub", {model_.constant(1, dtype), wide}});
  mask.bias = add("bias", {"Mul", {hidden, model_.constant(hidden_bias(dtype), dtype)}});
  return mask;
}

// [batch, seq, heads * depth] as four dimensions in this order.
std::string Lowering::heads(const ir::Node& node, ir::ValueId id, std::int64_t heads,
                            const std::vector<std::int64_t>& order, std::string_view suffix) {
  const ir::Shape& shape = value(id).shape;
  const ir::Shape split{shape[0], shape[1], heads, shape[2].factor / heads};
  const bool is_flat = available_form(id) == Form::Flat;
  const std::string x = is_flat ? flat(id) : own(id);
  const std::string target =
      is_flat ? dims(split) : model_.constant({0, 0, heads, shape[2].factor / heads});  // 0: as it is
  const std::string name{suffix};
  const std::string four = step(node, name + ".split", {"Reshape", {x, target}});
  return step(node, name, {"Transpose", {four}, {{"perm", order}}});
}

double Lowering::attention_scale(const ir::Value& result, std::int64_t heads) {
  const std::int64_t head = result.shape.back().factor / heads;
  return 1 / std::sqrt(static_cast<double>(head));
}

// One operator, which wants the mask's bias for each row of scores.
std::string Lowering::fused_context(const ir::Node& node, const ir::Attention& op) {
  const ir::Shape& queries = value(node.inputs.at(0)).shape;
  const Mask& mask = this->mask(node.inputs.at(3), value(node.output).dtype);
  // Of the batch and the keys the mask has its own numbers: 1 leaves them as they are.
  const ir::Dim rows = queries[1];
  const std::string target = rows.is_static()
                                 ? model_.constant({1, 1, rows.factor, 1})
                                 : step(node, "rows",
                                        {"Concat",
                                         {model_.constant({1, 1}), dim(rows), model_.constant({1})},
                                         {{"axis", std::int64_t{0}}}});
  const std::string bias = step(node, "bias", {"Expand", {mask.bias, target}});
  const bool is_scaled = output_scales_.contains(node.inputs.at(0));
  return step(node, "context",
              {"MultiHeadAttention",
               {own(node.inputs.at(0)), own(node.inputs.at(1)), own(node.inputs.at(2)), "", "", bias},
               {{"num_heads", std::int64_t{op.heads}},
                {"scale", is_scaled ? 1.0 : attention_scale(value(node.output), op.heads)}},
               kMicrosoft});
}

std::string Lowering::context(const ir::Node& node, const ir::Attention& op) {
  if (flavour_.attention == AttentionForm::Microsoft) return fused_context(node, op);
  const DType dtype = value(node.output).dtype;
  const std::int64_t width = value(node.output).shape.back().factor;
  const double scale = attention_scale(value(node.output), op.heads);
  const Mask& mask = this->mask(node.inputs.at(3), dtype);
  const std::string q = heads(node, node.inputs.at(0), op.heads, kHeadsFirst, "queries");
  const std::string k = heads(node, node.inputs.at(1), op.heads, kKeysTransposed, "keys");
  const std::string v = heads(node, node.inputs.at(2), op.heads, kHeadsFirst, "values");
  std::string scores = step(node, "products", {"MatMul", {q, k}});
  if (!output_scales_.contains(node.inputs.at(0))) {
    scores = step(node, "scores", {"Mul", {scores, model_.constant(scale, dtype)}});
  }
  const std::string masked = step(node, "masked", {"Add", {scores, mask.bias}});
  const std::string weights = step(node, "weights", {"Softmax", {masked}, {{"axis", std::int64_t{-1}}}});
  const std::string mixed = step(node, "mixed", {"MatMul", {weights, v}});
  const std::string turned = step(node, "turned", {"Transpose", {mixed}, {{"perm", kHeadsFirst}}});
  return step(node, "context", {"Reshape", {turned, model_.constant({0, 0, width})}});
}

void Lowering::lower(const ir::Node& node, const ir::Attention& op) {
  const std::string mixed = context(node, op);
  make(node, {"Mul", {mixed, mask(node.inputs.at(3), value(node.output).dtype).any}});
}

// Where texts lie, as the fused operator wants it.
std::string Lowering::places(ir::ValueId id) {
  std::string& name = places_[id];
  if (name.empty())
    name = model_.add({"Cast", {own(id)}, {{"to", ModelBuilder::type_code(DType::I32)}}},
                      value(id).name + ".short");
  return name;
}

void Lowering::lower(const ir::Node& node, const ir::PackedAttention& op) {
  if (flavour_.attention != AttentionForm::Microsoft || !op.is_ordered)
    throw unsupported_error("{} has no attention over texts without padding: pad them to the longest",
                            flavour_.runtime);
  make(node,
       {"PackedMultiHeadAttention",
        {own(node.inputs.at(0)), own(node.inputs.at(1)), own(node.inputs.at(2)), "",
         places(node.inputs.at(4)), places(node.inputs.at(3))},
        {{"num_heads", std::int64_t{op.heads}}, {"scale", attention_scale(value(node.output), op.heads)}},
        kMicrosoft});
}

}  // namespace medbench::lower
