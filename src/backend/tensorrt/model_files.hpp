// An ONNX model as files, as parsers want it that read weights from where the model says they are, and what
// it is known by.
#pragma once

#include <filesystem>
#include <string>

#include "lower/onnx/onnx.hpp"

namespace medbench::trt {

// Writes the model and its weights into the folder; gives the model's path. Throws Environment.
std::filesystem::path write_model_files(const lower::OnnxModel& model, const std::filesystem::path& folder);

// Of the model and all its weights.
std::string hash_of(const lower::OnnxModel& model);

}  // namespace medbench::trt
