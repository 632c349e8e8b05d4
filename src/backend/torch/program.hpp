// A graph prepared for a range of shapes: a flat list of ATen calls over numbered tensors, with weights
// packed and constants folded.
#pragma once

#include <ATen/core/Tensor.h>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backend/backend.hpp"
#include "backend/torch/kept_memory.hpp"
#include "backend/torch/kernels.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"

namespace medbench::torch_backend {

// One tensor a value of the graph.
using Values = std::vector<at::Tensor>;
using Call = std::function<void(Values&)>;

struct Step {
  Call call;
  std::vector<ir::ValueId>
      dead;  // released after the call, so that the allocator can hand their memory out again
};

struct Program {
  std::vector<Step> steps;
  Values constants;                 // the values that exist before a run; the others are undefined
  std::vector<ir::ValueId> inputs;  // in the graph's order
  std::vector<ir::Output> outputs;
  // A number on the host, behind the values of the graph: how long the longest text is. Of texts without
  // padding on a device alone.
  std::optional<ir::ValueId> longest_text;
  std::set<at::ScalarType> compute_types;  // of the matrix products, read off the tensors
  std::set<std::string> layer_precisions;  // of the linear layers: "fp32", "int8" ...
  std::map<std::string, int> kernels;      // how often each form of a call is used; ours are "medbench::..."
  std::string kernel_problem;              // why kernels of our own are not used on a device that could
  std::shared_ptr<KeptMemory> memory;      // where passes make their tensors; null: wherever libtorch does
};

enum class Form {
  Eager,  // each operation as a PyTorch program calls it
  Fused,  // several in one call, and weights packed, where that is faster
};

struct CompileSettings {
  Form form = Form::Fused;
  c10::Device device = c10::kCPU;  // of all constants, where the inputs must be too
  bool memory_efficient = false;   // Quantization's
  bool own_kernels = true;         // whether kernels of our own may be used
  bool channels_last = false;      // of images and the weights of convolutions
};

// Takes weights one by one: a weight that is packed is dropped before the next is read. Throws Internal where
// an operation needs the size of an open axis that no input shows, Unsupported where only kernels of our own
// could do it.
Program compile(const ir::Graph& graph, ir::ParameterSource& weights, const ShapeRange& shapes,
                const CompileSettings& settings);

bool uses_own_kernels(const Program& program);

// A linear layer or a convolution. `residual` is undefined where the layer has none.
struct LayerForm {
  std::function<at::Tensor(const at::Tensor& x, const at::Tensor& residual)> call;
  std::string kernel;
};
// Linear layers as ATen has them, operation by operation.
LayerForm make_plain_linear(const ir::Linear& linear, const at::Tensor& weight, const at::Tensor& bias);
// In the fastest form that this processor has for the type.
LayerForm make_linear(const ir::Linear& linear, const at::Tensor& weight, const at::Tensor& bias,
                      std::int64_t rows);
// On another device than the CPU; `kernels` may be null. The result is a tensor of its own.
LayerForm make_device_linear(const ir::Linear& linear, const at::Tensor& weight, const at::Tensor& bias,
                             std::shared_ptr<Kernels> kernels);

// Attention over [batch, length, heads * d]. The mask is undefined, or in the form of to_attention_mask or of
// the graph.
struct AttentionForm {
  std::function<at::Tensor(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                           const at::Tensor& mask)>
      call;
  std::string kernel;
};
AttentionForm make_attention(std::int64_t heads);

// Attention over [tokens, heads * d] of texts one after the other, as ir::PackedAttention has it.
struct PackedAttentionForm {
  std::function<at::Tensor(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                           const at::Tensor& offsets)>
      call;
  std::string kernel;
};
// On the CPU.
PackedAttentionForm make_packed_attention(std::int64_t heads);
// On CUDA; `longest` is a number on the host.
struct DevicePackedAttentionForm {
  std::function<at::Tensor(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                           const at::Tensor& offsets, const at::Tensor& longest)>
      call;
  std::string kernel;
};
DevicePackedAttentionForm make_device_packed_attention(std::int64_t heads, at::ScalarType type);

at::Tensor activate(ir::Activation activation, const at::Tensor& x, double slope = 0);

}  // namespace medbench::torch_backend
