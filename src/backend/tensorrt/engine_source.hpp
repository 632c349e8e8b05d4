// The engine of a graph: out of the cache, or built and kept there.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backend/tensorrt/native.hpp"
#include "backend/tensorrt/options.hpp"
#include "base/json.hpp"
#include "device/cuda_driver.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "ir/quantization.hpp"
#include "job/target.hpp"

namespace medbench::trt {

// The ONNX form that TensorRT reads.
inline constexpr std::string_view kForm = "tensorrt";

// The graph in a precision, "fp32", "fp8" ..., with sizes as numbers where the profile leaves no choice.
// `target` says how int8 rounds, and ranges are those of Build. Throws Unsupported for what has no form here.
ir::Graph lower_graph(const ir::Graph& graph, std::string_view precision, const OptimizationProfile& profile,
                      const Target& target, const ir::Ranges& ranges = {});

// What the ONNX inputs of the graph are in the profile.
std::vector<InputSizes> input_sizes(const ir::Graph& graph, const lower::OnnxModel& model,
                                    const OptimizationProfile& profile);

struct EngineRequest {
  const ir::Graph& lowered;
  ir::ParameterSource& weights;
  std::string precision;
  OptimizationProfile profile;
  const Options& options;
  const device::CudaDevice* card = nullptr;  // null: none is at hand
  int driver = 0;
};

struct MadeEngine {
  std::unique_ptr<Engine> engine;
  std::vector<std::string> inputs;   // what the engine calls the graph's inputs, in its order
  std::vector<std::string> outputs;  // and outputs
  Json details;                      // hit or miss, times, files, the library's warnings
  std::vector<std::string> notes;    // about the cache, for the user
};

// How the bytes become an engine; replaced by tests on machines that load none.
using Loader = std::function<std::unique_ptr<Engine>(std::span<const std::byte>)>;

// Throws as Native does. An engine of the cache that cannot be loaded is built anew.
MadeEngine make_engine(Native& native, const EngineRequest& request, const Loader& load);

}  // namespace medbench::trt
