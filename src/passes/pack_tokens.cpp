#include "passes/pack_tokens.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "ir/shape_inference.hpp"
#include "passes/rewrite.hpp"

namespace medbench::passes {
namespace {

constexpr std::size_t kMaskOperand = 3;  // of Attention

bool begins_with(const ir::Shape& shape, const ir::Shape& start) {
  return shape.size() >= start.size() && std::equal(start.begin(), start.end(), shape.begin());
}

// [batch, seq, ...] and [seq, ...] as [tokens, ...]; all else as it is.
ir::Shape packed(ir::Shape shape) {
  if (begins_with(shape, {ir::kBatch, ir::kSeq})) shape.erase(shape.begin());
  if (begins_with(shape, {ir::kSeq})) shape.front() = ir::kTokens;
  return shape;
}

bool has_seq(const ir::Shape& shape) {
  return std::ranges::any_of(shape, [](const ir::Dim& dim) { return dim.power(Axis::Seq) != 0; });
}

class Packing {
 public:
  Packing(ir::Graph graph, const std::vector<ir::InputSpec>& inputs)
      : graph_(std::move(graph)), inputs_(inputs), padded_(graph_.values) {}

  PackedTexts run() {
    for (ir::InputSpec& spec : inputs_) pack_input(spec);
    if (!ids_ || !offsets_)
      throw unsupported_error("{} cannot run without padding: it takes no {}", graph_.name,
                              ids_ ? "mask" : "token ids");
    add_positions();
    for (ir::Node& node : std::exchange(graph_.nodes, {})) {
      std::visit([&](const auto& op) { pack(node, op); }, node.op);
      append(std::move(node));
    }
    std::vector<ir::Node> nodes = std::exchange(graph_.nodes, {});
    return {with_nodes(std::move(graph_), std::move(nodes)), std::move(inputs_)};
  }

 private:
  [[noreturn]] static void refuse(const ir::Node& node) {
    throw unsupported_error("'{}' ({}) cannot run without padding: it takes whole sequences", node.name,
                            name_of(node.op));
  }

  [[nodiscard]] const ir::Shape& padded_shape(ir::ValueId id) const { return padded_.at(id).shape; }

  void pack_input(ir::InputSpec& spec) {
    const auto found = std::ranges::find_if(graph_.values, [&](const ir::Value& value) {
      return value.kind == ir::ValueKind::Input && value.name == spec.name;
    });
    if (found == graph_.values.end()) throw internal_error("the graph has no input '{}'", spec.name);
    const auto id = static_cast<ir::ValueId>(found - graph_.values.begin());
    if (spec.role == ir::Role::Mask) {
      spec = {.name = unique_name(graph_, std::string(kTextOffsets)),
              .dtype = DType::I64,
              .shape = {ir::kBatch + 1},
              .role = ir::Role::Offsets,
              .domain = {0, 0}};
      offsets_ = id;
    } else {
      if (spec.role == ir::Role::Ids) ids_ = id;
      spec.shape = packed(spec.shape);
    }
    found->name = spec.name;
    found->dtype = spec.dtype;
    found->shape = spec.shape;
  }

  void add_positions() {
    inputs_.push_back({.name = unique_name(graph_, std::string(kPositionIds)),
                       .dtype = DType::I64,
                       .shape = {ir::kTokens},
                       .role = ir::Role::Positions,
                       .domain = {0, 0}});
    const ir::InputSpec& spec = inputs_.back();
    positions_ = add_value({spec.name, ir::ValueKind::Input, spec.dtype, spec.shape, {}});
  }

  ir::ValueId add_value(ir::Value value) {
    graph_.values.push_back(std::move(value));
    padded_.push_back(graph_.values.back());
    return static_cast<ir::ValueId>(graph_.values.size() - 1);
  }

  // Its result must be the packed form of what it was.
  void append(ir::Node node) {
    const ir::Shape& before = padded_shape(node.output);
    std::optional<ir::ValueType> type;
    try {
      type = ir::infer_result(graph_, node);
    } catch (const Error&) {
      refuse(node);
    }
    if (has_seq(type->shape) || (has_seq(before) && type->shape != packed(before))) refuse(node);
    graph_.values[node.output].shape = std::move(type->shape);
    graph_.nodes.push_back(std::move(node));
  }

  // What takes its x row by row, or has its own test in append().
  template <class Op>
  void pack(ir::Node& node, const Op& /*op*/) {
    if (ir::ImageOp<Op> || std::ranges::count(node.inputs, *offsets_) > 0) refuse(node);
  }
  // Over the last dimension, which must be no sequence.
  void pack_row(const ir::Node& node) {
    if (has_seq({padded_shape(node.inputs.at(0)).back()})) refuse(node);
  }
  void pack(ir::Node& node, const ir::Softmax& /*op*/) { pack_row(node); }
  void pack(ir::Node& node, const ir::LayerNorm& /*op*/) { pack_row(node); }

  void pack(ir::Node& node, const ir::Attention& op) {
    if (node.inputs.at(kMaskOperand) != *offsets_) refuse(node);
    node.op = ir::PackedAttention{op.heads};
  }

  void pack(ir::Node& node, const ir::Reshape& op) {
    if (has_seq(op.shape)) node.op = ir::Reshape{packed(op.shape)};
  }

  void pack(ir::Node& node, const ir::Slice& op) {
    const ir::Shape& before = padded_shape(node.inputs.at(0));
    const bool in_sequences = begins_with(before, {ir::kBatch, ir::kSeq});
    if (in_sequences && op.axis >= 2) {
      node.op = ir::Slice{op.axis - 1, op.start, op.length};
    } else if (in_sequences && op.axis == 1 && op.start == 0 && op.length == ir::Dim{1}) {
      take_rows(node, starts());
    } else if (op.axis == 0 && op.start == 0 && op.length == ir::kSeq) {
      take_rows(node, positions_);
    } else if (has_seq(before) || has_seq({op.length})) {
      refuse(node);
    }
  }

  static void take_rows(ir::Node& node, ir::ValueId rows) {
    node.inputs.insert(node.inputs.begin(), rows);
    node.op = ir::Embedding{};
  }

  // Of each text its first token's place.
  ir::ValueId starts() {
    if (starts_) return *starts_;
    ir::Node node{unique_name(graph_, "text_starts"), ir::Slice{0, 0, ir::kBatch}, {*offsets_}, 0};
    node.output = add_value({node.name, ir::ValueKind::Result, DType::I64, {ir::kBatch}, {}});
    starts_ = node.output;
    graph_.nodes.push_back(std::move(node));
    return *starts_;
  }

  ir::Graph graph_;
  std::vector<ir::InputSpec> inputs_;
  std::vector<ir::Value> padded_;  // the values as they were
  std::optional<ir::ValueId> ids_;
  std::optional<ir::ValueId> offsets_;
  ir::ValueId positions_ = 0;
  std::optional<ir::ValueId> starts_;
};

}  // namespace

PackedTexts pack_tokens(ir::Graph graph, const std::vector<ir::InputSpec>& inputs) {
  return Packing(std::move(graph), inputs).run();
}

}  // namespace medbench::passes
