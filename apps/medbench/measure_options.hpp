// The options of the subcommands that measure: the same ones, under the names that each of them has.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/precision.hpp"
#include "medbench/encoder_options.hpp"
#include "medbench/run_options.hpp"

namespace medbench {

// What tells the subcommands apart.
struct Program {
  std::string_view command;  // also begins the names of the files of results
  EncoderOptionNames names;
  RunOptionNames run;
  std::string_view backend;      // unless said otherwise
  std::string_view output_root;  // likewise
  bool dated_folder;             // in it, a folder for the day and the program
  // The guide's first program runs one backend: it falls back to the CPU where CUDA is not usable, wants its
  // worker to be there, and a row that is not ok is a failure.
  bool wants_every_row;
};

struct MeasureOptions {
  RunOptions run;
  bool dated_folder = false;  // results go into a folder of the day and the program below run.output_dir
  EncoderOptions encoder;
  std::vector<std::string> models{"biobert"};
  std::vector<std::string> backends;
  std::vector<std::string> devices;  // empty: the best of each backend
  std::vector<std::string> precisions{std::string(kFp32)};
  std::vector<std::int64_t> batch_sizes{1};
  std::vector<std::int64_t> seq_lengths{128};
  bool int8 = false;
  std::optional<std::string> deployment;  // file with the settings of int8
  bool acc_check = false;
  bool interleaved = true;
  std::optional<std::string> resume;  // folder of an earlier run
  bool dry_run = false;               // say what would be measured
  bool strict = false;
  bool playoff = true;
  std::optional<double> playoff_budget_s;  // for each model and shape; absent: the usual
  std::map<std::string, std::map<std::string, std::string>>
      options_of;  // by backend: key and value for its jobs
};

// Throws Usage. Looks at the arguments only: at no file, model or worker.
MeasureOptions parse_measure_options(const Program& program, std::span<const std::string> arguments);
// Those of an earlier run, except where it wrote and what it showed; what is given now goes before.
MeasureOptions parse_measure_options(const Program& program, std::span<const std::string> earlier,
                                     std::span<const std::string> arguments);
std::vector<std::string> measure_option_names(const Program& program);

}  // namespace medbench
