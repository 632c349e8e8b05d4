#include "backend/torch/program.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <set>
#include <utility>

#include "backend/torch/byte_convolution.hpp"
#include "backend/torch/compiler.hpp"
#include "backend/torch/open_axes.hpp"
#include "backend/torch/tensors.hpp"
#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

// Whether its weights are not kept as values.
bool keeps_weights(const ir::Op& op) {
  return std::visit(
      []<class Op>(const Op&) {
        return std::same_as<Op, ir::Linear> || std::same_as<Op, ir::QuantizedLinear> ||
               (ir::ImageOp<Op> && !std::same_as<Op, ir::Concatenate>);
      },
      op);
}

}  // namespace

Compiler::Compiler(const ir::Graph& graph, ir::ParameterSource& weights, const ShapeRange& shapes,
                   const CompileSettings& settings)
    : graph_(graph), weights_(weights), shapes_(shapes), settings_(settings), device_(settings.device) {
  if (device_.is_cpu() && has_byte_convolution()) byte_images_ = find_byte_images(graph);
  if (settings.form == Form::Eager) return;
  if (device_.is_cuda()) sums_ = additions_before_norms(graph);
  if (device_.is_cpu()) chains_ = image_chains(graph);
  if (const auto rules = rules_of_kernels()) chains_ = image_chains(graph, *rules);
  if (device_.is_cpu() && has_images(graph)) program_.memory = std::make_shared<KeptMemory>();
}

Program Compiler::compile() {
  program_.constants.resize(graph_.values.size());
  program_.inputs = graph_.inputs();
  program_.outputs = graph_.outputs;
  for (const auto& node : graph_.nodes) add_node(node);
  for (const auto& output : graph_.outputs) {
    if (graph_.value(output.value).kind == ir::ValueKind::Parameter) parameter(output.value);
  }
  drop_folded_constants();
  mark_dead_values();
  return std::move(program_);
}

void Compiler::add_node(const ir::Node& node) {
  if (chains_.inside.contains(node.output) || byte_images_.inside.contains(node.output)) return;
  if (const auto chain = byte_images_.chains.find(node.output); chain != byte_images_.chains.end())
    return add_byte_chain(node.output, chain->second);
  if (const auto chain = chains_.by_result.find(node.output); chain != chains_.by_result.end())
    return device_.is_cpu() ? add_packed_chain(node.output, chain->second)
                            : add_fused_chain(node.output, chain->second);
  Call call = std::visit([&](const auto& op) { return lower(node, op); }, node.op);
  if (is_constant(node)) {
    Values scratch = program_.constants;
    call(scratch);
    program_.constants[node.output] = scratch[node.output];
  } else {
    program_.steps.push_back({.call = std::move(call), .dead = {}});
    reads_.push_back(node.inputs);
    if (const auto sum = sums_.find(node.inputs.front()); sum != sums_.end())
      reads_.back().push_back(sum->second);
  }
}

at::Tensor Compiler::parameter(ir::ValueId id) {
  at::Tensor& slot = program_.constants[id];
  if (!slot.defined()) slot = read_parameter(id);
  return slot;
}

at::Tensor Compiler::read_parameter(ir::ValueId id) {
  const auto& value = graph_.value(id);
  if (value.kind != ir::ValueKind::Parameter) {
    throw unsupported_error("torch: {} is computed, but a weight must be a parameter", value.name);
  }
  std::vector<at::Tensor> parts;
  for (const auto& part : value.parts) parts.push_back(wrap(weights_.read(part)).to(device_));
  const at::Tensor whole = parts.size() == 1 ? parts.front() : at::cat(parts);
  return whole.to(scalar_type(value.dtype)).view(ir::bind(value.shape, shapes_.most));
}

at::Tensor Compiler::weight_of(ir::ValueId id) {
  const at::Tensor& known = program_.constants[id];
  return known.defined() ? known : read_parameter(id);
}

ir::QuantizedWeight Compiler::quantized_weight(ir::ValueId id, const ir::QuantizedLinear& op) {
  const ir::Value& weight = graph_.value(id);
  const ir::ParameterData data = ir::read_parameter(weights_, weight, weight.dtype);
  return ir::quantize_weight_of(op, data.view);
}

ir::ValueId Compiler::operand(const ir::Node& node, std::size_t index) {
  const ir::ValueId id = node.inputs.at(index);
  if (graph_.value(id).kind == ir::ValueKind::Parameter) parameter(id);
  return id;
}

bool Compiler::is_constant(const ir::Node& node) const {
  if (keeps_weights(node.op)) return false;
  if (!open_axes_of(node.op, shapes_).empty()) return false;
  return std::all_of(node.inputs.begin(), node.inputs.end(),
                     [&](ir::ValueId id) { return program_.constants[id].defined(); });
}

std::shared_ptr<Kernels> Compiler::kernels_for(ir::ValueId id) {
  if (!device_.is_cuda() || !settings_.own_kernels || settings_.form == Form::Eager) return nullptr;
  const at::ScalarType type = scalar_type(graph_.value(id).dtype);
  const auto known = kernels_.find(type);
  if (known != kernels_.end()) return known->second;
  return kernels_[type] = Kernels::find(device_, type, program_.kernel_problem);
}

bool Compiler::norm_adds(ir::ValueId id) {
  return sums_.contains(id) && Kernels::norm_takes(ir::bind(graph_.value(id).shape.back(), shapes_.most)) &&
         kernels_for(id) != nullptr;
}

// Parameters that only constant nodes used (a position table of which a slice is left).
void Compiler::drop_folded_constants() {
  std::set<ir::ValueId> used;
  for (const auto& reads : reads_) used.insert(reads.begin(), reads.end());
  for (const auto& output : graph_.outputs) used.insert(output.value);
  for (ir::ValueId id = 0; id < program_.constants.size(); ++id) {
    if (!used.contains(id)) program_.constants[id] = at::Tensor();
  }
}

void Compiler::mark_dead_values() {
  std::set<ir::ValueId> later;
  for (const auto& output : graph_.outputs) later.insert(output.value);
  for (std::size_t i = program_.steps.size(); i-- > 0;) {
    for (const ir::ValueId id : reads_[i]) {
      const bool result = graph_.value(id).kind == ir::ValueKind::Result && !program_.constants[id].defined();
      if (later.insert(id).second && result) program_.steps[i].dead.push_back(id);
    }
  }
}

Program compile(const ir::Graph& graph, ir::ParameterSource& weights, const ShapeRange& shapes,
                const CompileSettings& settings) {
  return Compiler(graph, weights, shapes, settings).compile();
}

bool uses_own_kernels(const Program& program) {
  return std::any_of(program.kernels.begin(), program.kernels.end(),
                     [](const auto& kernel) { return kernel.first.find("medbench::") != std::string::npos; });
}

}  // namespace medbench::torch_backend
