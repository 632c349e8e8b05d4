#include "backend/torch/program.hpp"

#include <ATen/ATen.h>
#include <algorithm>

#include "backend/torch/fusion.hpp"
#include "backend/torch/images.hpp"
#include "backend/torch/open_axes.hpp"
#include "backend/torch/options.hpp"
#include "backend/torch/quantized_linear.hpp"
#include "backend/torch/tensors.hpp"
#include "base/error.hpp"
#include "passes/precision.hpp"

namespace medbench::torch_backend {

namespace {

class Compiler {
 public:
  Compiler(const ir::Graph& graph, ir::ParameterSource& weights, const ShapeRange& shapes,
           const CompileSettings& settings)
      : graph_(graph), weights_(weights), shapes_(shapes), settings_(settings), device_(settings.device) {
    if (device_.is_cuda()) sums_ = additions_before_norms(graph);
  }

  Program compile() {
    program_.constants.resize(graph_.values.size());
    program_.inputs = graph_.inputs();
    program_.outputs = graph_.outputs;
    for (const auto& node : graph_.nodes) {
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
    for (const auto& output : graph_.outputs) {
      if (graph_.value(output.value).kind == ir::ValueKind::Parameter) parameter(output.value);
    }
    drop_folded_constants();
    mark_dead_values();
    return std::move(program_);
  }

 private:
  at::Tensor parameter(ir::ValueId id) {
    at::Tensor& slot = program_.constants[id];
    if (!slot.defined()) slot = read_parameter(id);
    return slot;
  }

  // A parameter that a step keeps in a form of its own and that stays in no other.
  at::Tensor read_parameter(ir::ValueId id) {
    const auto& value = graph_.value(id);
    if (value.kind != ir::ValueKind::Parameter) {
      throw unsupported_error("torch: {} is computed, but a weight must be a parameter", value.name);
    }
    std::vector<at::Tensor> parts;
    for (const auto& part : value.parts) parts.push_back(wrap(weights_.read(part)).to(device_));
    const at::Tensor whole = parts.size() == 1 ? parts.front() : at::cat(parts);
    return whole.to(scalar_type(value.dtype)).view(ir::bind(value.shape, shapes_.most));
  }

  // What a step keeps in a form of its own: a parameter, or what was computed of parameters before the run.
  at::Tensor weight_of(ir::ValueId id) {
    const at::Tensor& known = program_.constants[id];
    return known.defined() ? known : read_parameter(id);
  }

  // Of the parameter as the graph's type rounds it.
  ir::QuantizedWeight quantized_weight(ir::ValueId id, const ir::QuantizedLinear& op) {
    const ir::Value& weight = graph_.value(id);
    const ir::ParameterData data = ir::read_parameter(weights_, weight, weight.dtype);
    return ir::quantize_weight_of(op, data.view);
  }

  // Makes an operand available before the run when it is a parameter.
  ir::ValueId operand(const ir::Node& node, std::size_t index) {
    const ir::ValueId id = node.inputs.at(index);
    if (graph_.value(id).kind == ir::ValueKind::Parameter) parameter(id);
    return id;
  }

  // Whether its weights are not kept as values.
  [[nodiscard]] static bool keeps_weights(const ir::Op& op) {
    return std::visit(
        []<class Op>(const Op&) {
          return std::same_as<Op, ir::Linear> || std::same_as<Op, ir::QuantizedLinear> ||
                 (ir::ImageOp<Op> && !std::same_as<Op, ir::Concatenate>);
        },
        op);
  }

  [[nodiscard]] bool is_constant(const ir::Node& node) const {
    if (keeps_weights(node.op)) return false;
    if (!open_axes_of(node.op, shapes_).empty()) return false;
    return std::all_of(node.inputs.begin(), node.inputs.end(),
                       [&](ir::ValueId id) { return program_.constants[id].defined(); });
  }

  void count(const std::string& kernel) { ++program_.kernels[kernel]; }

  // Kernels of our own for tensors of this value's type; null where there are none.
  std::shared_ptr<Kernels> kernels_for(ir::ValueId id) {
    if (!device_.is_cuda() || !settings_.own_kernels) return nullptr;
    const at::ScalarType type = scalar_type(graph_.value(id).dtype);
    const auto known = kernels_.find(type);
    if (known != kernels_.end()) return known->second;
    return kernels_[type] = Kernels::find(device_, type, program_.kernel_problem);
  }

  // Whether the residual of the Linear that makes this value is added by the LayerNorm behind it.
  bool norm_adds(ir::ValueId id) {
    return sums_.contains(id) && Kernels::norm_takes(ir::bind(graph_.value(id).shape.back(), shapes_.most)) &&
           kernels_for(id) != nullptr;
  }

  Call lower(const ir::Node& node, const ir::Embedding&) {
    count("at::embedding");
    return [ids = operand(node, 0), table = operand(node, 1), out = node.output](Values& v) {
      v[out] = at::embedding(v[table], v[ids]);
    };
  }

  [[nodiscard]] std::int64_t rows_of(const ir::Node& linear) const {
    const auto shape = ir::bind(graph_.value(linear.inputs.at(0)).shape, shapes_.most);
    return element_count(shape) / shape.back();
  }

  Call lower(const ir::Node& node, const ir::Linear& linear) {
    const at::Tensor weight = weight_of(node.inputs.at(1));
    const at::Tensor bias = weight_of(node.inputs.at(2)).clone();
    auto form = device_.is_cpu() ? make_linear(linear, weight, bias, rows_of(node))
                                 : make_device_linear(linear, weight, bias, kernels_for(node.output));
    note_products(node);
    if (linear.residual) operand(node, 3);  // also where the norm behind adds it
    return linear_call(node, std::move(form), linear.residual && !norm_adds(node.output));
  }

  // Of a layer that multiplies its x by a weight.
  void note_products(const ir::Node& node) {
    const DType dtype = graph_.value(node.inputs.at(1)).dtype;
    program_.compute_types.insert(scalar_type(dtype));
    program_.layer_precisions.emplace(passes::precision_of_dtype(dtype));
  }

  Call linear_call(const ir::Node& node, LinearForm form, bool residual_is_added) {
    count(form.kernel);
    const ir::ValueId x = operand(node, 0);
    if (!residual_is_added) {
      return [form = std::move(form.call), x, out = node.output](Values& v) { v[out] = form(v[x], {}); };
    }
    return [form = std::move(form.call), x, residual = operand(node, 3), out = node.output](Values& v) {
      v[out] = form(v[x], v[residual]);
    };
  }

  Call lower(const ir::Node& node, const ir::QuantizedLinear& linear) {
    if (!device_.is_cpu())
      throw unsupported_error("torch: '{}' is quantized, which runs on the CPU alone", node.name);
    if (needs_own_kernels(linear) && !settings_.own_kernels) {
      throw unsupported_error(
          "torch: '{}' is quantized in groups, which is work of medbench's own kernels: {}=off switches them "
          "off",
          node.name, kOwnKernels);
    }
    const QuantizedForm quantized{.rows = rows_of(node), .keeps_integers = settings_.memory_efficient};
    auto form = make_quantized_linear(linear, quantized_weight(node.inputs.at(1), linear),
                                      read_parameter(node.inputs.at(2)).clone(), quantized);
    program_.layer_precisions.emplace(linear.input == ir::ActivationQuantization::None ? kInt8Weights
                                                                                       : kInt8);
    return linear_call(node, std::move(form), linear.residual);
  }

  Call lower(const ir::Node& node, const ir::LayerNorm& norm) {
    const ir::ValueId x = operand(node, 0);
    const ir::ValueId weight = operand(node, 1);
    const ir::ValueId bias = operand(node, 2);
    if (norm_adds(x)) {
      count("medbench::add_layer_norm");
      return [x, residual = sums_.at(x), weight, bias, out = node.output, epsilon = norm.epsilon,
              kernels = kernels_for(x)](Values& v) {
        kernels->add_layer_norm(v[x], v[residual], v[weight], v[bias], epsilon);
        v[out] = v[x];
      };
    }
    count("at::layer_norm");
    const std::int64_t width = ir::bind(graph_.value(x).shape.back(), shapes_.most);
    return [x, weight, bias, out = node.output, width, epsilon = norm.epsilon](Values& v) {
      v[out] = at::layer_norm(v[x], {width}, v[weight], v[bias], epsilon, false);
    };
  }

  Call lower(const ir::Node& node, const ir::Activate& activation) {
    count("activation");
    return [x = operand(node, 0), out = node.output, activation](Values& v) {
      v[out] = activate(activation.activation, v[x], activation.slope);
    };
  }

  Call lower(const ir::Node& node, const ir::Softmax&) {
    count("at::softmax");
    return [x = operand(node, 0), out = node.output](Values& v) { v[out] = at::softmax(v[x], -1); };
  }

  Call lower(const ir::Node& node, const ir::Attention& attention) {
    auto form = make_attention(attention.heads);
    count(form.kernel);
    program_.compute_types.insert(scalar_type(graph_.value(node.inputs.at(0)).dtype));
    return [form = std::move(form.call), q = operand(node, 0), k = operand(node, 1), v = operand(node, 2),
            mask = operand(node, 3), out = node.output](Values& values) {
      values[out] = form(values[q], values[k], values[v], values[mask]);
    };
  }

  Call lower(const ir::Node& node, const ir::Add&) {
    count("at::add");
    return [a = operand(node, 0), b = operand(node, 1), out = node.output](Values& v) {
      v[out] = at::add(v[a], v[b]);
    };
  }

  Call lower(const ir::Node& node, const ir::Reshape& reshape) {
    return [x = operand(node, 0), out = node.output, shape = reshape.shape,
            axes = running_axes(graph_, node, shapes_)](Values& v) {
      v[out] = v[x].reshape(ir::bind(shape, axes(v)));
    };
  }

  Call lower(const ir::Node& node, const ir::Transpose& transpose) {
    const std::vector<std::int64_t> order(transpose.permutation.begin(), transpose.permutation.end());
    return [x = operand(node, 0), out = node.output, order](Values& v) { v[out] = v[x].permute(order); };
  }

  Call lower(const ir::Node& node, const ir::Slice& slice) {
    return [x = operand(node, 0), out = node.output, axis = slice.axis, start = slice.start,
            length = slice.length, axes = running_axes(graph_, node, shapes_)](Values& v) {
      v[out] = v[x].narrow(axis, start, ir::bind(length, axes(v)));
    };
  }

  Call lower(const ir::Node& node, const ir::Cast& cast) {
    return [x = operand(node, 0), out = node.output, type = scalar_type(cast.to)](Values& v) {
      v[out] = v[x].to(type);
    };
  }

  template <ir::ImageOp Op>
  Call lower(const ir::Node& node, const Op& op) {
    constexpr bool kMultiplies =
        std::same_as<Op, ir::Convolution> || std::same_as<Op, ir::TransposedConvolution>;
    if constexpr (kMultiplies) note_products(node);
    std::vector<at::Tensor> parameters;
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      const at::Tensor parameter = weight_of(node.inputs[i]);
      parameters.push_back(parameter.contiguous(memory_format(parameter.dim(), settings_.channels_last)));
    }
    ImageForm form = make_image_form(op, parameters);
    count(form.kernel);
    return [form = std::move(form.call), x = operand(node, 0), out = node.output](Values& v) {
      v[out] = form(v[x]);
    };
  }

  Call lower(const ir::Node& node, const ir::Concatenate& op) {
    count("at::cat");
    std::vector<ir::ValueId> inputs;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(operand(node, i));
    return [inputs, out = node.output, axis = op.axis](Values& v) {
      std::vector<at::Tensor> tensors;
      for (const ir::ValueId id : inputs) tensors.push_back(v[id]);
      v[out] = at::cat(tensors, axis);
    };
  }

  // Parameters that only constant nodes used (a position table of which a slice is left).
  void drop_folded_constants() {
    std::set<ir::ValueId> used;
    for (const auto& reads : reads_) used.insert(reads.begin(), reads.end());
    for (const auto& output : graph_.outputs) used.insert(output.value);
    for (ir::ValueId id = 0; id < program_.constants.size(); ++id) {
      if (!used.contains(id)) program_.constants[id] = at::Tensor();
    }
  }

  void mark_dead_values() {
    std::set<ir::ValueId> later;
    for (const auto& output : graph_.outputs) later.insert(output.value);
    for (std::size_t i = program_.steps.size(); i-- > 0;) {
      for (const ir::ValueId id : reads_[i]) {
        const bool result =
            graph_.value(id).kind == ir::ValueKind::Result && !program_.constants[id].defined();
        if (later.insert(id).second && result) program_.steps[i].dead.push_back(id);
      }
    }
  }

  const ir::Graph& graph_;
  ir::ParameterSource& weights_;
  ShapeRange shapes_;
  CompileSettings settings_;
  c10::Device device_;
  Program program_;
  std::vector<std::vector<ir::ValueId>> reads_;  // of each step
  std::map<ir::ValueId, ir::ValueId> sums_;      // see additions_before_norms
  std::map<at::ScalarType, std::shared_ptr<Kernels>> kernels_;
};

}  // namespace

Program compile(const ir::Graph& graph, ir::ParameterSource& weights, const ShapeRange& shapes,
                const CompileSettings& settings) {
  return Compiler(graph, weights, shapes, settings).compile();
}

bool uses_own_kernels(const Program& program) {
  return std::any_of(program.kernels.begin(), program.kernels.end(),
                     [](const auto& kernel) { return kernel.first.find("medbench::") != std::string::npos; });
}

}  // namespace medbench::torch_backend
