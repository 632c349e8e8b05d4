// What OpenVINO says about a compiled model: the layers that run, in which precision, with which kernel, and
// which operations of the model each of them has taken in.
#pragma once

#include <map>
#include <openvino/runtime/compiled_model.hpp>
#include <string>

namespace medbench::openvino_backend {

// Types of the model's operations by name, kept from before compiling: "/gelu_3" -> "Gelu".
using OperationTypes = std::map<std::string, std::string>;
OperationTypes operation_types(const ov::Model& model);

struct ExecutionGraph {
  bool known = false;                  // false: the device does not show it
  std::map<std::string, int> layers;   // type -> how many: "FullyConnected" -> 73; without constants
  std::map<std::string, int> kernels;  // type and kernel -> how many: "FullyConnected gemm_mlas_f32"
  std::map<std::string, int> fused;    // layers of several operations: "FullyConnected: Add + Gelu"
  // "fp32", "int8" or "int8-weights" (integers that are widened before the product) -> how many matrix
  // products run in it: linear layers alone where some are quantized, layers that compute where there is no
  // product.
  std::map<std::string, int> types;
};

// After the first pass: before it, kernels for dynamic shapes are not chosen yet.
ExecutionGraph read_execution_graph(const ov::CompiledModel& compiled, const OperationTypes& operations);

// "fp32", "fp32+bf16": OpenVINO's own names ("f32", "i8") become ours.
std::string precision_name(const std::string& type);

}  // namespace medbench::openvino_backend
