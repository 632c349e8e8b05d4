// Programs that PyTorch's own compiler makes of a graph ahead of time, where a Python with this libtorch's
// version is on the machine: AOTInductor packages, which libtorch runs without Python.
#pragma once

#include "backend/torch/program.hpp"
#include "base/json.hpp"

namespace medbench::torch_backend {

struct InductorSettings {
  c10::Device device = c10::kCPU;
  bool channels_last = false;  // of the images that it is given
  std::int64_t threads = 1;
};

// The graph as one call, for these sizes alone. The package is kept in the cache folder "inductor" by
// everything that it depends on; `details` gets `inductor_cache`: "hit" or "made". The Python is
// MEDBENCH_PYTHON, or the first python3 in PATH. Throws Environment where that cannot do it, with its last
// words, and Unsupported for graphs that it is not given.
Program compile_with_inductor(const ir::Graph& graph, ir::ParameterSource& weights, const Axes& axes,
                              const InductorSettings& settings, Json& details);

}  // namespace medbench::torch_backend
