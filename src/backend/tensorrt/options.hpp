// The options of a target that the backend obeys, checked.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "backend/cuda_graphs.hpp"
#include "job/optimization_profile.hpp"

namespace medbench::trt {

// Which of the two ways to TensorRT a target may take.
enum class Way { Any, Native, OnnxRuntime };

struct Options {
  bool cache = true;
  std::filesystem::path cache_folder{};  // empty: the user's folder of caches
  bool bf16 = false;  // rows of fp32 in bf16, and fp8, where TensorRT and the card have them
  bool fp8 = false;
  OptimizationProfile profile{};  // as far as it is asked for
  GraphMode graphs = GraphMode::Auto;
  Way way = Way::Any;
  std::string library{};                           // empty: as find_library() finds it
  std::map<std::string, std::string> of_others{};  // keys "ort....", for ONNX Runtime
};

// Throws Usage for a key "trt...." that is not known or a value that it cannot have.
Options read_options(const std::map<std::string, std::string>& options);

}  // namespace medbench::trt
