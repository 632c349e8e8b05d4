// The options of the subcommands that measure: the same ones, under the names that each of them has.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "accuracy/gates.hpp"
#include "base/precision.hpp"
#include "job/quantization.hpp"
#include "medbench/model_options.hpp"
#include "medbench/run_options.hpp"

namespace medbench {

// What tells the subcommands apart.
struct Program {
  std::string_view command;  // also begins the names of the files of results
  ModelOptionNames names;
  RunOptionNames run;
  std::string_view precision = "--precision";  // what the option is called
  bool texts = true;                           // takes models of texts, and has their options
  bool images = true;                          // likewise
  // Unless said otherwise:
  std::string_view model = "biobert";
  std::int64_t batch_size = 1;
  std::string_view numbers = kFp32;  // the precision
  std::optional<std::int64_t> num_iterations{};
  std::string_view backend;
  std::string_view output_root;
  bool dated_folder;  // in it, a folder for the day and the program
  // Two programs of the guide run one backend: they fall back to the CPU where CUDA is not usable, want their
  // worker to be there, and a row that is not ok is a failure.
  bool wants_every_row;
};

inline constexpr std::array kMatrixSizes{
    SizeOption{Axis::Batch, "--batch-size"}, SizeOption{Axis::Seq, "--seq-length"},
    SizeOption{Axis::Depth, "--depth"}, SizeOption{Axis::Height, "--height"},
    SizeOption{Axis::Width, "--width"}};

struct MeasureOptions {
  RunOptions run;
  bool dated_folder = false;       // results go into a folder of the day and the program below run.output_dir
  std::optional<std::string> out;  // one file for all results, in place of a folder
  ModelOptions work;
  std::vector<std::string> backends;
  std::vector<std::string> devices;  // empty: the best of each backend
  std::vector<std::string> precisions;
  bool int8 = false;
  std::vector<QuantizationMethod> int8_methods;  // a row each; empty: one, as the deployment file says
  std::optional<std::string> deployment;         // file with the settings of int8
  bool acc_check = false;
  bool test_accuracy = false;
  std::optional<std::string> dataset_csv;  // absent: medbench's own
  Gates gates;                             // of an evaluation
  bool interleaved = true;
  std::optional<std::string> resume;  // folder of an earlier run
  bool dry_run = false;               // say what would be measured
  bool strict = false;
  bool report = false;  // a page beside the summaries
  bool playoff = true;
  std::optional<double> playoff_budget_s;  // for each model and shape; absent: the usual
  std::map<std::string, std::map<std::string, std::string>>
      options_of;  // by backend: key and value for its jobs
};

// Throws Usage. Looks at the arguments only: at no file, model or worker. With --resume nothing is said of
// options that need others, which the folder's run may have.
MeasureOptions parse_measure_options(const Program& program, std::span<const std::string> arguments);
// Those of an earlier run, except where it wrote and what it showed; what is given now goes before.
MeasureOptions parse_measure_options(const Program& program, std::span<const std::string> earlier,
                                     std::span<const std::string> arguments);
std::vector<std::string> measure_option_names(const Program& program);

}  // namespace medbench
