// OpenVINO as a backend: the graph becomes ONNX, which OpenVINO reads with its weights mapped and compiles
// for one device. What ran is read off the compiled model's execution graph. OpenVINO's headers stay in this
// folder's sources.
#pragma once

#include <memory>

#include "backend/backend.hpp"

namespace medbench {

// Options of the target: "ov.device", a device as OpenVINO names it (CPU, GPU, GPU.1, NPU, AUTO,
// AUTO:GPU,CPU, HETERO:GPU,CPU; default: the target's device), "ov.hint", latency (default) or
// throughput, and "ov.call", infer (default) or start_async.
std::unique_ptr<Backend> make_openvino_backend();

}  // namespace medbench
