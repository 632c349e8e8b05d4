// The sessions that a target can have: which devices a library serves, and the first form of a model that its
// provider takes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/onnxruntime/cuda_passes.hpp"
#include "backend/onnxruntime/runtime.hpp"
#include "backend/onnxruntime/session.hpp"
#include "base/json.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "job/capabilities.hpp"

namespace medbench::ort {

// Adds the devices that the library's providers run on, or the reason why there is none.
void describe_devices(Runtime& runtime, Capabilities& capabilities);

// A stream for passes on a CUDA device; null where the work is not there, or where the
// user gave the provider another stream. Throws Unsupported where graphs were asked for and cannot be had.
std::unique_ptr<CudaPasses> cuda_passes(const Runtime& runtime, const ProviderChoice& provider,
                                        GraphMode graphs);

struct Compiled {
  std::unique_ptr<ModelSession> session;
  std::vector<std::string> inputs;   // what the model calls the graph's inputs, in its order
  std::vector<std::string> outputs;  // and outputs
  std::string form;
  bool has_own_operators = false;
  Json refused = Json::array();  // the library's words for what was tried before
};

// Tries the provider's fused form before the plain one, each as a graph before single calls, as far as the
// options leave that open. `cuda` may be null. Throws what the last try threw.
Compiled compile(const Runtime& runtime, const ir::Graph& lowered, ir::ParameterSource& weights,
                 const SessionSettings& settings, CudaPasses* cuda, const Options& options);

}  // namespace medbench::ort
