// Lowering of the operations on images.
#include <ATen/ATen.h>
#include <utility>

#include "backend/torch/byte_convolution.hpp"
#include "backend/torch/compiled_images.hpp"
#include "backend/torch/compiler.hpp"
#include "backend/torch/fused_images.hpp"
#include "backend/torch/onednn.hpp"
#include "backend/torch/tensors.hpp"
#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

// Also of a single channel, whose order a tensor alone does not show.
at::Tensor in_order(const at::Tensor& parameter, at::MemoryFormat format) {
  if (format == at::MemoryFormat::Contiguous) return parameter.contiguous();
  return at::empty(parameter.sizes(), parameter.options(), format).copy_(parameter);
}

}  // namespace

void Compiler::add_packed_chain(ir::ValueId out, const ImageChain& chain) {
  const ir::Node& node = *chain.first;
  note_products(node);
  const at::Tensor bias = node.inputs.size() > 2 ? weight_of(node.inputs[2]).clone() : at::Tensor();
  const auto input = ir::bind(graph_.value(node.inputs.front()).shape, shapes_.most);
  const at::ScalarType type = scalar_type(graph_.value(node.inputs[1]).dtype);
  if (!onednn_has(type)) {
    throw unsupported_error("torch: '{}' cannot be packed: libtorch has no oneDNN for {} on this machine",
                            node.name, c10::toString(type));
  }
  LayerForm form = make_packed_convolution(chain, weight_of(node.inputs[1]), bias, input);
  count(form.kernel);
  const ir::ValueId x = operand(node, 0);
  reads_.push_back({x});
  if (chain.addend) {
    if (graph_.value(*chain.addend).kind == ir::ValueKind::Parameter) parameter(*chain.addend);
    reads_.back().push_back(*chain.addend);
  }
  Call call = [form = std::move(form.call), x, added = chain.addend, out](Values& v) {
    v[out] = form(v[x], added ? v[*added] : at::Tensor());
  };
  program_.steps.push_back({.call = std::move(call), .dead = {}});
}

void Compiler::add_byte_chain(ir::ValueId out, const ByteChain& chain) {
  const ir::Node& node = *chain.convolution;
  const auto& op = std::get<ir::QuantizedConvolution>(node.op);
  const ir::Value& weight = graph_.value(node.inputs[1]);
  const ir::ParameterData data = ir::read_parameter(weights_, weight, weight.dtype);
  const at::Tensor bias = op.window.bias ? weight_of(node.inputs[2]).clone() : at::Tensor();
  ByteLayer layer;
  if (chain.addend) layer.addend = byte_images_.scales.at(*chain.addend);
  if (chain.rounds) layer.result = byte_images_.scales.at(out);
  const ir::ValueId x = operand(node, 0);
  const ir::ActivationScale scale = byte_images_.scales.at(x);
  ByteForm form = make_byte_convolution(op, ir::quantize_filters(data.view, op.weight_max), data.view.shape,
                                        bias, scale, ir::bind(graph_.value(x).shape, shapes_.most), layer);
  count(form.kernel);
  program_.layer_precisions.emplace(kInt8);
  reads_.push_back({x});
  if (chain.addend) reads_.back().push_back(*chain.addend);
  const bool is_bytes = byte_images_.bytes.contains(x);
  Call call = [form = std::move(form.call), x, scale, is_bytes, added = chain.addend, out](Values& v) {
    v[out] = form(is_bytes ? v[x] : to_bytes(v[x], scale), added ? v[*added] : at::Tensor());
  };
  program_.steps.push_back({.call = std::move(call), .dead = {}});
}

std::shared_ptr<ImageKernels> Compiler::image_kernels_for(DType type) {
  const auto known = image_kernels_.find(type);
  if (known != image_kernels_.end()) return known->second;
  return image_kernels_[type] = ImageKernels::find(device_, scalar_type(type), program_.kernel_problem);
}

std::optional<ChainRules> Compiler::rules_of_kernels() {
  if (!device_.is_cuda() || !settings_.own_kernels || !settings_.channels_last || !has_images(graph_))
    return {};
  const auto takes = [this](const ir::Value& value) {
    return kernels_take(value.dtype, ir::bind(value.shape, shapes_.most));
  };
  for (const ir::Node& node : graph_.nodes) {
    const ir::Value& value = graph_.value(node.output);
    if (takes(value) && image_kernels_for(value.dtype) == nullptr) return {};
  }
  return ChainRules{.norms_and_pools = true,
                    .most_joined = ImageKernels::kMostSources,
                    .takes = takes,
                    .activates = &ImageKernels::takes};
}

void Compiler::add_fused_chain(ir::ValueId out, const ImageChain& chain) {
  const ir::Node& node = *chain.first;
  const bool convolves = std::holds_alternative<ir::Convolution>(node.op) ||
                         std::holds_alternative<ir::TransposedConvolution>(node.op);
  if (convolves) note_products(node);
  const bool joins = std::holds_alternative<ir::Concatenate>(node.op);
  ChainForm form = make_fused_chain(chain, joins ? std::vector<at::Tensor>() : image_parameters(node),
                                    image_kernels_for(graph_.value(node.output).dtype));
  count(form.kernel);
  std::vector<ir::ValueId> inputs = chain.joined.empty() ? std::vector{node.inputs.front()} : chain.joined;
  reads_.push_back(inputs);
  if (chain.addend) reads_.back().push_back(*chain.addend);
  for (const ir::ValueId id : reads_.back())
    if (graph_.value(id).kind == ir::ValueKind::Parameter) parameter(id);
  Call call = [form = std::move(form.call), inputs = std::move(inputs), added = chain.addend,
               out](Values& v) {
    std::vector<at::Tensor> images;
    images.reserve(inputs.size());
    for (const ir::ValueId id : inputs) images.push_back(v[id]);
    v[out] = form(images, added ? v[*added] : at::Tensor());
  };
  program_.steps.push_back({.call = std::move(call), .dead = {}});
}

std::vector<at::Tensor> Compiler::image_parameters(const ir::Node& node) {
  std::vector<at::Tensor> parameters;
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const at::Tensor parameter = weight_of(node.inputs[i]);
    parameters.push_back(in_order(parameter, memory_format(parameter.dim(), settings_.channels_last)));
  }
  return parameters;
}

Call Compiler::image_call(const ir::Node& node, ImageForm form) {
  count(form.kernel);
  return [form = std::move(form.call), x = operand(node, 0), out = node.output](Values& v) {
    v[out] = form(v[x]);
  };
}

Call Compiler::lower(const ir::Node& node, const ir::Convolution& op) {
  note_products(node);
  return image_call(node, make_image_form(op, image_parameters(node)));
}

Call Compiler::lower(const ir::Node& node, const ir::FakeQuantize& op) {
  if (byte_images_.bytes.contains(node.output)) {
    count("at::quantize_per_tensor");
    return [x = operand(node, 0), scale = byte_images_.scales.at(node.output), out = node.output](Values& v) {
      v[out] = to_bytes(v[x], scale);
    };
  }
  return image_call(node, make_image_form(op));
}

Call Compiler::lower(const ir::Node& node, const ir::QuantizedConvolution& op) {
  note_products(node);
  return image_call(node, make_image_form(op, image_parameters(node)));
}

Call Compiler::lower(const ir::Node& node, const ir::TransposedConvolution& op) {
  note_products(node);
  return image_call(node, make_image_form(op, image_parameters(node)));
}

Call Compiler::lower(const ir::Node& node, const ir::Pool& op) {
  const DType type = graph_.value(node.output).dtype;
  if (byte_images_.bytes.contains(node.output)) {
    return image_call(
        node, {[op](const at::Tensor& x) { return byte_max_pool(op, x); }, "at::quantized_max_pool2d"});
  }
  const bool own = fuses_on_cpu() && settings_.own_kernels && op.kind == ir::Pooling::Max &&
                   (type == DType::F32 || type == DType::BF16);
  return image_call(node, own ? make_own_max_pool(op) : make_image_form(op));
}

Call Compiler::lower(const ir::Node& node, const ir::AdaptiveAveragePool& op) {
  return image_call(node, make_image_form(op));
}

Call Compiler::lower(const ir::Node& node, const ir::BatchNorm& op) {
  return image_call(node, make_image_form(op, image_parameters(node)));
}

Call Compiler::lower(const ir::Node& node, const ir::InstanceNorm& op) {
  const std::vector<at::Tensor> parameters = image_parameters(node);
  return image_call(
      node, fuses_on_cpu() ? make_channels_last_norm(op, parameters) : make_image_form(op, parameters));
}

Call Compiler::lower(const ir::Node& node, const ir::Upsample& op) {
  return image_call(node, make_image_form(op));
}

Call Compiler::lower(const ir::Node& node, const ir::Pad& op) {
  return image_call(node, make_image_form(op));
}

Call Compiler::lower(const ir::Node& node, const ir::Concatenate& op) {
  count("at::cat");
  std::vector<ir::ValueId> inputs;
  inputs.reserve(node.inputs.size());
  for (std::size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(operand(node, i));
  return [inputs, out = node.output, axis = op.axis](Values& v) {
    std::vector<at::Tensor> tensors;
    for (const ir::ValueId id : inputs) tensors.push_back(v[id]);
    v[out] = at::cat(tensors, axis);
  };
}

}  // namespace medbench::torch_backend
