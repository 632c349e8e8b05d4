// Deployment configurations: small JSON files that say how an edge machine runs int8, such as
// configs/deployment/edge_cpu_int8.json. All keys are optional:
//   quantization_method  "dynamic" (default), "weight_only" or "static"
//   quantization_bits    8 (default) or 4
//   threads              1 to 4096; 0 or absent: the physical cores
//   memory_efficient     true or false (default)
//   reduced_range        "auto" (default), "on" or "off"
//   group_size           0, 32, 64, 128 or 256; absent: as suits method and processor
//   calibration_batches  1 to 1024, calibration_file, calibration_column: for "static"
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "job/quantization.hpp"

namespace medbench {

struct Deployment {
  Quantization quantization;
  std::optional<std::int64_t> threads;       // absent: the file leaves it open
  bool names_method = false;                 // else the method is the default
  std::vector<std::string> warnings;         // one line for each key that nothing reads, naming file and key
  std::vector<std::string> method_warnings;  // likewise for what has no effect with this method
};

// The same with another method than the file's own: group_size is left out where that method has no groups.
Deployment with_method(Deployment deployment, QuantizationMethod method);

// A calibration_file that is relative is taken relative to the configuration's folder. Throws Usage, one line
// that names the file and, where there is one, the key: missing, too large, not JSON, another type, out of
// range.
Deployment read_deployment(const std::filesystem::path& path);

}  // namespace medbench
