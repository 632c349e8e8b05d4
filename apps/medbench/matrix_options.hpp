// The options of `medbench matrix`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medbench/encoder_options.hpp"
#include "medbench/run_options.hpp"

namespace medbench {

enum class RowOrder { Interleaved, Sequential };

struct MatrixOptions {
  RunOptions run;  // output_dir is the root of the reports
  EncoderOptions encoder;
  std::vector<std::string> models{"biobert"};
  std::vector<std::string> backends{"auto"};
  std::vector<std::string> devices;  // empty: the best of each backend
  std::vector<std::string> precisions{"fp32"};
  std::vector<std::int64_t> batch_sizes{1};
  std::vector<std::int64_t> seq_lengths{128};
  bool int8 = false;
  std::optional<std::string> deployment;  // file with the settings of int8
  bool acc_check = false;
  RowOrder order = RowOrder::Interleaved;
  std::optional<std::string> resume;  // folder of an earlier run
  bool strict = false;
  std::map<std::string, std::map<std::string, std::string>>
      options_of;  // by backend: key and value for its jobs
};

inline constexpr std::string_view kAutoBackend = "auto";
inline constexpr std::string_view kAllDevices = "all";

// Throws Usage. Looks at the arguments only: at no file, model or worker.
MatrixOptions parse_matrix_options(std::span<const std::string> arguments);

}  // namespace medbench
