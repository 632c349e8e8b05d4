// Makes a Program of a graph: what the files of its lowering share.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/torch/byte_images.hpp"
#include "backend/torch/fusion.hpp"
#include "backend/torch/image_kernels.hpp"
#include "backend/torch/images.hpp"
#include "backend/torch/kernels.hpp"
#include "backend/torch/program.hpp"

namespace medbench::torch_backend {

class Compiler {
 public:
  Compiler(const ir::Graph& graph, ir::ParameterSource& weights, const ShapeRange& shapes,
           const CompileSettings& settings);

  Program compile();

 private:
  [[nodiscard]] bool fuses_on_cpu() const { return settings_.form == Form::Fused && device_.is_cpu(); }

  at::Tensor parameter(ir::ValueId id);
  // A parameter that a step keeps in a form of its own and that stays in no other.
  at::Tensor read_parameter(ir::ValueId id);
  // What a step keeps in a form of its own: a parameter, or what was computed of parameters before the run.
  at::Tensor weight_of(ir::ValueId id);
  // Of the parameter as the graph's type rounds it.
  ir::QuantizedWeight quantized_weight(ir::ValueId id, const ir::QuantizedLinear& op);
  // Makes an operand available before the run when it is a parameter.
  ir::ValueId operand(const ir::Node& node, std::size_t index);
  [[nodiscard]] bool is_constant(const ir::Node& node) const;

  void add_node(const ir::Node& node);
  // With packed convolutions, or on a device with kernels of our own for images.
  void add_packed_chain(ir::ValueId out, const ImageChain& chain);
  void add_fused_chain(ir::ValueId out, const ImageChain& chain);
  // A convolution of bytes with what follows it.
  void add_byte_chain(ir::ValueId out, const ByteChain& chain);
  // Rules for a device with kernels of our own for images; none where they do not suit.
  std::optional<ChainRules> rules_of_kernels();
  void count(const std::string& kernel) { ++program_.kernels[kernel]; }
  // Of a layer that multiplies its x by a weight.
  void note_products(const ir::Node& node);
  // Kernels of our own for tensors of this value's type; null where there are none.
  std::shared_ptr<Kernels> kernels_for(ir::ValueId id);
  std::shared_ptr<ImageKernels> image_kernels_for(DType type);
  // Whether the residual of the Linear that makes this value is added by the LayerNorm behind it.
  bool norm_adds(ir::ValueId id);
  [[nodiscard]] std::int64_t rows_of(const ir::Node& linear) const;
  Call linear_call(const ir::Node& node, LayerForm form, bool residual_is_added);
  // The inputs behind the image, in the order of elements that is asked for.
  std::vector<at::Tensor> image_parameters(const ir::Node& node);
  Call image_call(const ir::Node& node, ImageForm form);

  Call lower(const ir::Node& node, const ir::Embedding& op);
  Call lower(const ir::Node& node, const ir::Linear& linear);
  Call lower(const ir::Node& node, const ir::QuantizedLinear& linear);
  Call lower(const ir::Node& node, const ir::FakeQuantize& op);
  Call lower(const ir::Node& node, const ir::LayerNorm& norm);
  Call lower(const ir::Node& node, const ir::Activate& activation);
  Call lower(const ir::Node& node, const ir::Softmax& op);
  Call lower(const ir::Node& node, const ir::Attention& attention);
  Call lower(const ir::Node& node, const ir::PackedAttention& attention);
  Call lower(const ir::Node& node, const ir::Add& op);
  Call lower(const ir::Node& node, const ir::Reshape& reshape);
  Call lower(const ir::Node& node, const ir::Transpose& transpose);
  Call lower(const ir::Node& node, const ir::Slice& slice);
  Call lower(const ir::Node& node, const ir::Cast& cast);
  Call lower(const ir::Node& node, const ir::RoundToFp8& op);
  Call lower(const ir::Node& node, const ir::Convolution& op);
  Call lower(const ir::Node& node, const ir::QuantizedConvolution& op);
  Call lower(const ir::Node& node, const ir::TransposedConvolution& op);
  Call lower(const ir::Node& node, const ir::Pool& op);
  Call lower(const ir::Node& node, const ir::AdaptiveAveragePool& op);
  Call lower(const ir::Node& node, const ir::BatchNorm& op);
  Call lower(const ir::Node& node, const ir::InstanceNorm& op);
  Call lower(const ir::Node& node, const ir::Concatenate& op);
  Call lower(const ir::Node& node, const ir::Upsample& op);
  Call lower(const ir::Node& node, const ir::Pad& op);

  void drop_folded_constants();
  void mark_dead_values();

  const ir::Graph& graph_;
  ir::ParameterSource& weights_;
  ShapeRange shapes_;
  CompileSettings settings_;
  c10::Device device_;
  Program program_;
  std::vector<std::vector<ir::ValueId>> reads_;  // of each step
  std::map<ir::ValueId, ir::ValueId> sums_;      // see additions_before_norms
  ImageChains chains_;
  ByteImages byte_images_;
  std::map<at::ScalarType, std::shared_ptr<Kernels>> kernels_;
  std::map<DType, std::shared_ptr<ImageKernels>> image_kernels_;
};

}  // namespace medbench::torch_backend
