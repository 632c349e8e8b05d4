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

// The programs of the guide call some things differently; each takes the name of the other, too.
constexpr std::array<std::array<std::string_view, 2>, 5> kSameOptions{{{"--model", "--models"},
                                                                       {"--batch-sizes", "--batch-size"},
                                                                       {"--seq-lengths", "--seq-length"},
                                                                       {"--num-iterations", "--iters"},
                                                                       {"--warmup-iterations", "--warmup"}}};

constexpr std::array<std::string_view, 2> kOrders{"interleaved", "sequential"};

constexpr std::string_view kOutputRoot = "--output-root";
constexpr std::string_view kOutputDir = "--output-dir";

constexpr NumberRange kPlayoffBudget{1, 86'400};

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

std::string_view other_name(std::string_view name) {
  for (const auto& names : kSameOptions) {
    if (names[0] == name) return names[1];
    if (names[1] == name) return names[0];
  }
  throw internal_error("{} has no other name", name);
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
    parser_.path(other_output(), other_output_);
    parser_.paths(program.names.model, options.models);
    parser_.words("--backend", options.backends);
    parser_.words("--device", options.devices);
    parser_.choices("--precision", kPrecisionNames, options.precisions);
    parser_.integers(program.names.batch_size, range_of(Axis::Batch), options.batch_sizes);
    parser_.integers(program.names.seq_length, range_of(Axis::Seq), options.seq_lengths);
    parser_.flag("--int8", options.int8);
    parser_.path("--deployment", options.deployment);
    parser_.flag("--acc-check", options.acc_check);
    parser_.choice("--order", kOrders, order_);
    parser_.path("--resume", options.resume);
    parser_.flag("--dry-run", options.dry_run);
    parser_.flag("--strict", options.strict);
    parser_.flag("--no-playoff", no_playoff_);
    parser_.number("--playoff-budget", kPlayoffBudget, options.playoff_budget_s);
    for (const std::string_view name :
         {program.names.model, program.names.batch_size, program.names.seq_length, program.run.iterations,
          program.run.warmup}) {
      parser_.also(name, other_name(name));
    }
    if (!program.wants_every_row) return;
    parser_.flag("--test-accuracy", test_accuracy_);
    parser_.path("--dataset-csv", dataset_csv_);
  }

  void parse(std::span<const std::string> earlier, std::span<const std::string> arguments) {
    if (!earlier.empty()) {
      parser_.parse(earlier);
      other_output_.reset();
      options_.run.output_dir.clear();
      options_.run.json = options_.run.quiet = options_.run.debug_io = options_.dry_run = false;
    }
    parser_.parse(arguments);
    if (test_accuracy_ || dataset_csv_) {
      throw usage_error("{}: classification testing is not available in this version; leave the option out",
                        test_accuracy_ ? "--test-accuracy" : "--dataset-csv");
    }
    run_.finish();
    encoder_.finish();
    options_.interleaved = order_ != kOrders[1];
    if (std::erase(options_.precisions, kInt8) > 0) options_.int8 = true;
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
  // --output-root is the folder of dated ones, --output-dir that of the results.
  [[nodiscard]] std::string_view other_output() const {
    return program_.run.output == kOutputRoot ? kOutputDir : kOutputRoot;
  }

  void check_devices() const {
    for (const auto& device : options_.devices) {
      if (device == kAllDevices || parse_device_id(device)) continue;
      throw usage_error("--device {}: unknown; give all, {}, or one with its number such as cuda:0",
                        printable(device), known_device_kinds());
    }
  }

  // Somebody who gives the number of iterations wants a short run or his own statistics.
  void choose_playoff() {
    const bool is_given = options_.playoff_budget_s.has_value();
    if (no_playoff_ && is_given) throw usage_error("--no-playoff and --playoff-budget: give one of them");
    options_.playoff = is_given || (!no_playoff_ && !options_.run.num_iterations);
  }

  void check_folders() {
    auto& output = options_.run.output_dir;
    options_.dated_folder = program_.dated_folder;
    if (other_output_) {
      if (!output.empty())
        throw usage_error("{} and {}: give one of them", program_.run.output, other_output());
      output = *other_output_;
      options_.dated_folder = other_output() == kOutputRoot;
    }
    if (options_.deployment && !options_.int8)
      throw usage_error("--deployment needs --int8: its settings are those of int8");
    if (options_.resume && !output.empty()) {
      throw usage_error("--resume and {}: give one of them; a resumed run writes into its folder",
                        other_output_ ? other_output() : program_.run.output);
    }
    if (output.empty()) output = program_.output_root;
  }

  const Program& program_;
  MeasureOptions& options_;
  OptionParser parser_;
  RunOptionsParser run_;
  EncoderOptionsParser encoder_;
  RuntimeOptionsParser runtimes_;
  std::optional<std::string> other_output_;
  std::string order_;
  bool no_playoff_ = false;
  bool test_accuracy_ = false;
  std::optional<std::string> dataset_csv_;
};

}  // namespace

MeasureOptions parse_measure_options(const Program& program, std::span<const std::string> arguments) {
  return parse_measure_options(program, {}, arguments);
}

MeasureOptions parse_measure_options(const Program& program, std::span<const std::string> earlier,
                                     std::span<const std::string> arguments) {
  MeasureOptions options;
  MeasureParser(program, options).parse(earlier, arguments);
  return options;
}

std::vector<std::string> measure_option_names(const Program& program) {
  MeasureOptions options;
  return MeasureParser(program, options).names();
}

}  // namespace medbench
