// An engine in a file: what it was built from, and a checksum, before the bytes that TensorRT wrote. No file
// is believed to be an engine because of its name. It knows no TensorRT.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "job/optimization_profile.hpp"

namespace medbench::trt {

// All that an engine depends on: with any of it different it is another engine.
struct EngineIdentity {
  std::string onnx_hash;  // of the model and its weights
  std::string flavour;    // "TensorRT", "TensorRT for RTX"
  std::string version;    // of the library, "10.13.2.6"
  std::string precision;
  OptimizationProfile profile;
  std::string compute_capability;  // "9.0"; empty: of no card at hand
  int driver = 0;                  // 13000 is CUDA 13.0

  [[nodiscard]] std::string text() const;       // one line, the same for the same identity alone
  [[nodiscard]] std::string file_name() const;  // "engine_<hash>.trt"
};

// What is written before the bytes of the engine.
std::string engine_header(const EngineIdentity& identity, std::span<const std::byte> engine);

// The engine within the bytes of a file, or why it is none that can be used: "it is empty", "it is cut off"
// ...
struct ReadEngine {
  std::span<const std::byte> engine;
  std::string problem;  // empty: there is none
};
ReadEngine read_engine(std::span<const std::byte> file, const EngineIdentity& identity);

}  // namespace medbench::trt
