// Lowering of the operations on texts and of those that every model has.
#include <ATen/ATen.h>
#include <utility>

#include "backend/torch/compiler.hpp"
#include "backend/torch/open_axes.hpp"
#include "backend/torch/options.hpp"
#include "backend/torch/quantized_linear.hpp"
#include "backend/torch/tensors.hpp"
#include "base/error.hpp"
#include "passes/precision.hpp"

namespace medbench::torch_backend {

Call Compiler::lower(const ir::Node& node, const ir::Embedding&) {
  count("at::embedding");
  return [ids = operand(node, 0), table = operand(node, 1), out = node.output](Values& v) {
    v[out] = at::embedding(v[table], v[ids]);
  };
}

std::int64_t Compiler::rows_of(const ir::Node& linear) const {
  const auto shape = ir::bind(graph_.value(linear.inputs.at(0)).shape, shapes_.most);
  return element_count(shape) / shape.back();
}

Call Compiler::lower(const ir::Node& node, const ir::Linear& linear) {
  const at::Tensor weight = weight_of(node.inputs.at(1));
  const at::Tensor bias = weight_of(node.inputs.at(2)).clone();
  auto form = settings_.form == Form::Eager ? make_plain_linear(linear, weight, bias)
              : device_.is_cpu()            ? make_linear(linear, weight, bias, rows_of(node))
                                 : make_device_linear(linear, weight, bias, kernels_for(node.output));
  note_products(node);
  if (linear.residual) operand(node, 3);  // also where the norm behind adds it
  return linear_call(node, std::move(form), linear.residual && !norm_adds(node.output));
}

// Of a layer that multiplies its x by a weight.
void Compiler::note_products(const ir::Node& node) {
  const DType dtype = graph_.value(node.inputs.at(1)).dtype;
  program_.compute_types.insert(scalar_type(dtype));
  program_.layer_precisions.emplace(passes::precision_of_dtype(dtype));
}

Call Compiler::linear_call(const ir::Node& node, LayerForm form, bool residual_is_added) {
  count(form.kernel);
  const ir::ValueId x = operand(node, 0);
  if (!residual_is_added) {
    return [form = std::move(form.call), x, out = node.output](Values& v) { v[out] = form(v[x], {}); };
  }
  return [form = std::move(form.call), x, residual = operand(node, 3), out = node.output](Values& v) {
    v[out] = form(v[x], v[residual]);
  };
}

Call Compiler::lower(const ir::Node& node, const ir::QuantizedLinear& linear) {
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
  program_.layer_precisions.emplace(linear.input == ir::ActivationQuantization::None ? kInt8Weights : kInt8);
  return linear_call(node, std::move(form), linear.residual);
}

Call Compiler::lower(const ir::Node& node, const ir::LayerNorm& norm) {
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

Call Compiler::lower(const ir::Node& node, const ir::Activate& activation) {
  count("activation");
  return [x = operand(node, 0), out = node.output, activation](Values& v) {
    v[out] = activate(activation.activation, v[x], activation.slope);
  };
}

Call Compiler::lower(const ir::Node& node, const ir::Softmax&) {
  count("at::softmax");
  return [x = operand(node, 0), out = node.output](Values& v) { v[out] = at::softmax(v[x], -1); };
}

Call Compiler::lower(const ir::Node& node, const ir::Attention& attention) {
  auto form = make_attention(attention.heads);
  count(form.kernel);
  program_.compute_types.insert(scalar_type(graph_.value(node.inputs.at(0)).dtype));
  return [form = std::move(form.call), q = operand(node, 0), k = operand(node, 1), v = operand(node, 2),
          mask = operand(node, 3), out = node.output](Values& values) {
    values[out] = form(values[q], values[k], values[v], values[mask]);
  };
}

Call Compiler::lower(const ir::Node& node, const ir::PackedAttention& attention) {
  const at::ScalarType type = scalar_type(graph_.value(node.inputs.at(0)).dtype);
  program_.compute_types.insert(type);
  const ir::ValueId q = operand(node, 0);
  const ir::ValueId k = operand(node, 1);
  const ir::ValueId v = operand(node, 2);
  const ir::ValueId offsets = operand(node, 3);
  if (device_.is_cpu()) {
    auto form = make_packed_attention(attention.heads);
    count(form.kernel);
    return [form = std::move(form.call), q, k, v, offsets, out = node.output](Values& values) {
      values[out] = form(values[q], values[k], values[v], values[offsets]);
    };
  }
  if (!device_.is_cuda())
    throw unsupported_error("torch: texts without padding run on the CPU and on CUDA, not on {}",
                            device_.str());
  auto form = make_device_packed_attention(attention.heads, type);
  count(form.kernel);
  if (!program_.longest_text) {
    program_.longest_text = static_cast<ir::ValueId>(program_.constants.size());
    program_.constants.emplace_back();
  }
  return [form = std::move(form.call), q, k, v, offsets, longest = *program_.longest_text,
          out = node.output](Values& values) {
    values[out] = form(values[q], values[k], values[v], values[offsets], values[longest]);
  };
}

Call Compiler::lower(const ir::Node& node, const ir::Add&) {
  count("at::add");
  return [a = operand(node, 0), b = operand(node, 1), out = node.output](Values& v) {
    v[out] = at::add(v[a], v[b]);
  };
}

Call Compiler::lower(const ir::Node& node, const ir::Reshape& reshape) {
  return [x = operand(node, 0), out = node.output, shape = reshape.shape,
          axes = running_axes(graph_, node, shapes_)](Values& v) {
    v[out] = v[x].reshape(ir::bind(shape, axes(v)));
  };
}

Call Compiler::lower(const ir::Node& node, const ir::Transpose& transpose) {
  const std::vector<std::int64_t> order(transpose.permutation.begin(), transpose.permutation.end());
  return [x = operand(node, 0), out = node.output, order](Values& v) { v[out] = v[x].permute(order); };
}

Call Compiler::lower(const ir::Node& node, const ir::Slice& slice) {
  return [x = operand(node, 0), out = node.output, axis = slice.axis, start = slice.start,
          length = slice.length, axes = running_axes(graph_, node, shapes_)](Values& v) {
    v[out] = v[x].narrow(axis, start, ir::bind(length, axes(v)));
  };
}

Call Compiler::lower(const ir::Node& node, const ir::RoundToFp8& /*op*/) {
  throw unsupported_error("{}: torch runs no fp8 here", node.name);
}

Call Compiler::lower(const ir::Node& node, const ir::Cast& cast) {
  return [x = operand(node, 0), out = node.output, type = scalar_type(cast.to)](Values& v) {
    v[out] = v[x].to(type);
  };
}

}  // namespace medbench::torch_backend
