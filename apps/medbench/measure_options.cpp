#include "medbench/measure_options.hpp"

#include <algorithm>
#include <array>

#include "base/axes.hpp"
#include "base/error.hpp"
#include "base/precision.hpp"
#include "campaign/planner.hpp"
#include "job/device_id.hpp"
#include "medbench/runtime_options.hpp"

namespace medbench {

namespace {

// int8 is an option of its own.
constexpr auto kFloatingPrecisions = [] {
  std::array<std::string_view, std::count_if(kPrecisions.begin(), kPrecisions.end(),
                                             [](const auto& row) { return row.dtype.has_value(); })>
      names;
  auto* next = names.begin();
  for (const PrecisionInfo& row : kPrecisions) {
    if (row.dtype) *next++ = row.name;
  }
  return names;
}();
constexpr std::array<std::string_view, 2> kOrders{"interleaved", "sequential"};

constexpr NumberRange kPlayoffBudget{1, 86'400};
constexpr double kUsualPlayoffS = 60;

constexpr IntegerRange range_of(Axis axis) {
  return {1, info_of(axis).most};
}

template <class T>
void drop_repeated(std::vector<T>& values) {
  std::vector<T> kept;
  for (auto& value : values) {
    if (std::find(kept.begin(), kept.end(), value) == kept.end()) kept.push_back(std::move(value));
  }
  values = std::move(kept);
}

class MeasureParser {
 public:
  MeasureParser(const Program& program, MeasureOptions& options)
      : program_(program),
        options_(options),
        parser_("medbench " + std::string(program.command)),
        run_(parser_, program.run, options.run),
        encoder_(parser_, options.encoder),
        runtimes_(parser_) {
    options.backends = {std::string(program.backend)};
    parser_.paths(program.names.model, options.models);
    parser_.words("--backend", options.backends);
    parser_.words("--device", options.devices);
    parser_.choices("--precision", kFloatingPrecisions, options.precisions);
    parser_.integers(program.names.batch_size, range_of(Axis::Batch), options.batch_sizes);
    parser_.integers(program.names.seq_length, range_of(Axis::Seq), options.seq_lengths);
    parser_.flag("--int8", options.int8);
    parser_.path("--deployment", options.deployment);
    parser_.flag("--acc-check", options.acc_check);
    parser_.choice("--order", kOrders, order_);
    parser_.path("--resume", options.resume);
    parser_.flag("--strict", options.strict);
    parser_.flag("--no-playoff", no_playoff_);
    parser_.number("--playoff-budget", kPlayoffBudget, playoff_budget_s_);
    if (!program.wants_every_row) return;
    parser_.flag("--test-accuracy", test_accuracy_);
    parser_.path("--dataset-csv", dataset_csv_);
  }

  void parse(std::span<const std::string> arguments) {
    parser_.parse(arguments);
    if (test_accuracy_ || dataset_csv_) {
      throw usage_error("{}: classification testing is not available in this version; leave the option out",
                        test_accuracy_ ? "--test-accuracy" : "--dataset-csv");
    }
    run_.finish();
    encoder_.finish();
    options_.interleaved = order_ != kOrders[1];
    check_devices();
    check_folders();
    choose_playoff();
    drop_repeated(options_.models);
    drop_repeated(options_.backends);
    drop_repeated(options_.devices);
    drop_repeated(options_.precisions);
    drop_repeated(options_.batch_sizes);
    drop_repeated(options_.seq_lengths);
    options_.options_of = runtimes_.finish({.backends = options_.backends,
                                            .batch_sizes = options_.batch_sizes,
                                            .seq_lengths = options_.seq_lengths,
                                            .backend_options = options_.run.backend_options});
  }

  [[nodiscard]] std::vector<std::string> names() const { return parser_.names(); }

 private:
  void check_devices() const {
    for (const auto& device : options_.devices) {
      if (device == kAllDevices || parse_device_id(device)) continue;
      throw usage_error("--device {}: unknown; give all, {}, or one with its number such as cuda:0",
                        printable(device), known_device_kinds());
    }
  }

  // Somebody who gives the number of iterations wants a short run or his own statistics.
  void choose_playoff() {
    if (no_playoff_ && playoff_budget_s_)
      throw usage_error("--no-playoff and --playoff-budget: give one of them");
    const bool by_default = !no_playoff_ && !options_.run.num_iterations;
    options_.playoff_budget_s = playoff_budget_s_.value_or(by_default ? kUsualPlayoffS : 0);
  }

  void check_folders() {
    auto& output = options_.run.output_dir;
    if (options_.deployment && !options_.int8)
      throw usage_error("--deployment needs --int8: its settings are those of int8");
    if (options_.resume && !output.empty()) {
      throw usage_error("--resume and {}: give one of them; a resumed run writes into its folder",
                        program_.run.output);
    }
    if (output.empty()) output = program_.output_root;
  }

  const Program& program_;
  MeasureOptions& options_;
  OptionParser parser_;
  RunOptionsParser run_;
  EncoderOptionsParser encoder_;
  RuntimeOptionsParser runtimes_;
  std::string order_;
  bool no_playoff_ = false;
  std::optional<double> playoff_budget_s_;
  bool test_accuracy_ = false;
  std::optional<std::string> dataset_csv_;
};

}  // namespace

MeasureOptions parse_measure_options(const Program& program, std::span<const std::string> arguments) {
  MeasureOptions options;
  MeasureParser(program, options).parse(arguments);
  return options;
}

std::vector<std::string> measure_option_names(const Program& program) {
  MeasureOptions options;
  return MeasureParser(program, options).names();
}

}  // namespace medbench
