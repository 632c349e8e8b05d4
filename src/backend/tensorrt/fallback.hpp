// The other way to TensorRT: an execution provider of ONNX Runtime. Here is what it must be told; it knows
// neither library.
#pragma once

#include <string>

#include "backend/tensorrt/options.hpp"
#include "ir/graph.hpp"
#include "job/target.hpp"

namespace medbench::trt {

inline constexpr std::string_view kProvider = "TensorrtExecutionProvider";
inline constexpr std::string_view kProviderForRtx = "NvTensorRTRTXExecutionProvider";

// The same target for the backend onnxruntime, with the provider that `options` or MEDBENCH_ORT_EP_LIBRARY
// lead to: that of TensorRT for RTX comes as a plug-in library, that of TensorRT is built in.
Target fallback_target(const Target& target, const Options& options);

// Tells the provider the profile of the graph's inputs and where engines are kept.
void add_engine_options(Target& fallback, const Options& options, const ir::Graph& graph,
                        const OptimizationProfile& profile);

}  // namespace medbench::trt
