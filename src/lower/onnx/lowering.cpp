#include "lower/onnx/lowering.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace medbench::lower {

Lowering::Lowering(const ir::Graph& graph, ir::ParameterSource& weights, const OnnxFlavour& flavour)
    : graph_(graph),
      flavour_(flavour),
      model_(graph.name, flavour.opset),
      parameters_(graph, weights, model_),
      tensors_(graph.values.size()) {}

OnnxModel Lowering::run() {
  name_interface();
  if (flavour_.scale_queries) find_query_scales();
  for (const ir::Node& node : graph_.nodes) {
    std::visit([&](const auto& op) { lower(node, op); }, node.op);
  }
  finish_outputs();
  return model_.finish();
}

// Inputs and outputs choose their names first. The first output that reads a result lends it its name.
void Lowering::name_interface() {
  for (const ir::ValueId id : graph_.inputs()) {
    const ir::Value& input = value(id);
    tensors_[id].own = model_.unique_name(input.name);
    model_.add_input(tensors_[id].own, input.dtype, input.shape);
  }
  for (const ir::Output& output : graph_.outputs) {
    const std::string name = model_.unique_name(output.name);
    output_names_.push_back(name);
    if (value(output.value).kind == ir::ValueKind::Result) names_.try_emplace(output.value, name);
    model_.add_output(name, value(output.value).dtype, value(output.value).shape);
  }
}

void Lowering::finish_outputs() {
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    const std::string made = own(graph_.outputs[i].value);
    if (made != output_names_[i]) model_.add_exactly({"Identity", {made}}, output_names_[i]);
  }
}

std::string Lowering::own(ir::ValueId id) {
  Tensors& tensors = tensors_[id];
  if (!tensors.own.empty()) return tensors.own;
  if (value(id).kind == ir::ValueKind::Parameter) return tensors.own = parameters_.plain(id);
  if (tensors.flat.empty()) throw internal_error("value '{}' is read before it is made", value(id).name);
  const NodeSpec spec{"Reshape", {tensors.flat, dims(value(id).shape)}};
  const auto name = names_.find(id);
  if (name == names_.end()) return tensors.own = model_.add(spec, value(id).name);
  model_.add_exactly(spec, name->second);
  return tensors.own = name->second;
}

std::string Lowering::flat(ir::ValueId id) {
  Tensors& tensors = tensors_[id];
  if (!tensors.flat.empty()) return tensors.flat;
  const ir::Shape& shape = value(id).shape;
  if (shape.size() == 2) return tensors.flat = own(id);
  const std::string input = own(id);
  return tensors.flat = model_.add({"Reshape", {input, model_.constant({-1, shape.back().factor})}},
                                   value(id).name + ".flat");
}

Lowering::Form Lowering::available_form(ir::ValueId id) const {
  return tensors_[id].own.empty() && !tensors_[id].flat.empty() ? Form::Flat : Form::Own;
}

void Lowering::make(const ir::Node& node, const NodeSpec& spec, Form form) {
  Tensors& tensors = tensors_[node.output];
  if (form == Form::Flat && value(node.output).shape.size() != 2) {
    tensors.flat = model_.add(spec, value(node.output).name + ".flat");
    return;
  }
  const auto name = names_.find(node.output);
  if (name == names_.end()) {
    tensors.own = model_.add(spec, value(node.output).name);
    return;
  }
  model_.add_exactly(spec, name->second);
  tensors.own = name->second;
}

std::string Lowering::step(const ir::Node& node, std::string_view suffix, const NodeSpec& spec) {
  return model_.add(spec, fmt::format("{}.{}", value(node.output).name, suffix));
}

void Lowering::lower(const ir::Node& node, const ir::Embedding& /*op*/) {
  const std::string ids = own(node.inputs.at(0));
  const std::string table = own(node.inputs.at(1));
  make(node, {"Gather", {table, ids}, {{"axis", std::int64_t{0}}}});
}

void Lowering::lower(const ir::Node& node, const ir::LayerNorm& op) {
  const Form form = available_form(node.inputs.at(0));
  const std::string x = in_form(node.inputs[0], form);
  const std::string weight = own(node.inputs.at(1));
  const std::string bias = own(node.inputs.at(2));
  make(node, {"LayerNormalization", {x, weight, bias}, {{"axis", std::int64_t{-1}}, {"epsilon", op.epsilon}}},
       form);
}

void Lowering::lower(const ir::Node& node, const ir::Activate& op) {
  if (op.activation == ir::Activation::LeakyRelu)
    return make_image(node, activation(image(node.inputs.at(0)), op.activation, op.slope));
  const Form form = available_form(node.inputs.at(0));
  const std::string x = in_form(node.inputs[0], form);
  if (op.activation == ir::Activation::Silu) {
    make(node, {"Mul", {x, step(node, "sigmoid", {"Sigmoid", {x}})}}, form);
  } else {
    make(node, activation(x, op.activation, op.slope), form);
  }
}

void Lowering::lower(const ir::Node& node, const ir::Softmax& /*op*/) {
  const Form form = available_form(node.inputs.at(0));
  make(node, {"Softmax", {in_form(node.inputs[0], form)}, {{"axis", std::int64_t{-1}}}}, form);
}

void Lowering::lower(const ir::Node& node, const ir::Add& /*op*/) {
  const ir::ValueId a = node.inputs.at(0);
  const ir::ValueId b = node.inputs.at(1);
  const bool same = value(a).shape == value(b).shape;
  const bool is_flat = available_form(a) == Form::Flat || available_form(b) == Form::Flat;
  const Form form = same && is_flat ? Form::Flat : Form::Own;
  const std::string left = in_form(a, form);
  const std::string right = in_form(b, form);
  make(node, {"Add", {left, right}}, form);
}

void Lowering::lower(const ir::Node& node, const ir::Reshape& op) {
  const std::string x = own(node.inputs.at(0));
  make(node, {"Reshape", {x, dims(op.shape)}});
}

void Lowering::lower(const ir::Node& node, const ir::Transpose& op) {
  const std::vector<std::int64_t> order(op.permutation.begin(), op.permutation.end());
  const std::string x = own(node.inputs.at(0));
  make(node, {"Transpose", {x}, {{"perm", order}}});
}

void Lowering::lower(const ir::Node& node, const ir::Slice& op) {
  const std::string x = own(node.inputs.at(0));
  const std::string start = model_.constant({op.start});
  std::string end;
  if (op.length.is_static()) {
    end = model_.constant({op.start + op.length.factor});
  } else {
    end = dim(op.length);
    if (op.start != 0) end = step(node, "end", {"Add", {end, start}});
  }
  make(node, {"Slice", {x, start, end, model_.constant({op.axis})}});
}

void Lowering::lower(const ir::Node& node, const ir::Cast& op) {
  const std::string x = own(node.inputs.at(0));
  make(node, {"Cast", {x}, {{"to", model_.type_code(op.to)}}});
}

OnnxModel to_onnx(const ir::Graph& graph, ir::ParameterSource& weights, const OnnxFlavour& flavour) {
  return Lowering{graph, weights, flavour}.run();
}

}  // namespace medbench::lower
