// The options of `medbench medical`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "medbench/encoder_options.hpp"
#include "medbench/run_options.hpp"

namespace medbench {

struct MedicalOptions {
  RunOptions run;
  EncoderOptions encoder;
  std::string model = "biobert";
  std::string backend = "torch";
  std::optional<std::string> device;  // absent: cuda if usable, else cpu
  std::string precision = "fp32";
  std::vector<std::int64_t> batch_sizes{1};
  std::vector<std::int64_t> seq_lengths{128};
};

// Throws Usage. Looks at the arguments only: at no file, model or worker.
MedicalOptions parse_medical_options(std::span<const std::string> arguments);

}  // namespace medbench
