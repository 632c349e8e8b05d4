// The options of `medbench medical`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "medbench/run_options.hpp"
#include "models/registry.hpp"

namespace medbench {

struct MedicalOptions {
  RunOptions run;
  std::string model = "biobert";
  WeightsPolicy weights = WeightsPolicy::Auto;
  std::vector<std::int64_t> batch_sizes{1};
  std::vector<std::int64_t> seq_lengths{128};
  std::optional<TextInput> text;
};

// Throws Usage. Looks at the arguments only: at no file, model or worker.
MedicalOptions parse_medical_options(std::span<const std::string> arguments);

}  // namespace medbench
