#include "medbench/measure_options.hpp"

#include <algorithm>
#include <array>

#include "base/axes.hpp"
#include "base/error.hpp"
#include "base/precision.hpp"
#include "campaign/planner.hpp"
#include "job/device_id.hpp"
#include "medbench/evaluation_options.hpp"
#include "medbench/image_options.hpp"
#include "medbench/runtime_options.hpp"
#include "medbench/text_options.hpp"

namespace medbench {

namespace {

// The programs of the guide call some things differently; each takes the names of the others, too.
constexpr std::array<std::array<std::string_view, 3>, 6> kSameOptions{
    {{"--model", "--models"},
     {"--batch-sizes", "--batch-size", "--batch"},
     {"--seq-lengths", "--seq-length"},
     {"--num-iterations", "--iters", "--batches"},
     {"--warmup-iterations", "--warmup"},
     {"--precision", "--dtype"}}};

constexpr std::array<std::string_view, 2> kOrders{"interleaved", "sequential"};

constexpr std::string_view kOut = "--out";
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

void take_other_names(OptionParser& parser, std::string_view name) {
  for (const auto& names : kSameOptions) {
    if (std::ranges::find(names, name) == names.end()) continue;
    for (const std::string_view other : names) {
      if (!other.empty() && other != name) parser.also(name, other);
    }
  }
}

class MeasureParser {
 public:
  MeasureParser(const Program& program, MeasureOptions& options)
      : program_(program),
        options_(options),
        parser_("medbench " + std::string(program.command)),
        run_(parser_, program.run, options.run),
        weights_(parser_, program.texts),
        runtimes_(parser_, program.images) {
    set_defaults();
    if (program.texts) {
      texts_.emplace(parser_, options.work.data, options.work.paddings);
      evaluation_.emplace(parser_, options.work.evaluate, options.gates);
    }
    if (program.images) images_.emplace(parser_);
    parser_.path(other_output(), other_output_);
    if (!program.texts) parser_.path(kOut, options.out);
    parser_.paths(program.names.model, options.work.models);
    parser_.words("--backend", options.backends);
    parser_.words("--device", options.devices);
    parser_.choices(program.precision, kPrecisionNames, options.precisions);
    for (const auto& [axis, name] : program.names.sizes)
      parser_.integers(name, range_of(axis), options.work.sizes[axis]);
    parser_.optional_words("--int8", [&options](const auto& given, const auto& words) {
      options.int8 = true;
      options.int8_methods = parse_quantization_methods(given, words);
    });
    parser_.path("--deployment", options.deployment);
    parser_.flag("--acc-check", options.acc_check);
    parser_.choice("--order", kOrders, order_);
    parser_.path("--resume", options.resume);
    parser_.flag("--dry-run", options.dry_run);
    parser_.flag("--strict", options.strict);
    parser_.flag("--report", options.report);
    parser_.flag("--no-playoff", no_playoff_);
    parser_.number("--playoff-budget", kPlayoffBudget, options.playoff_budget_s);
    for (const std::string_view name :
         {program.names.model, program.run.iterations, program.run.warmup, program.precision})
      take_other_names(parser_, name);
    for (const SizeOption& size : program.names.sizes) take_other_names(parser_, size.name);
    if (program.images) return;
    parser_.flag("--test-accuracy", options.test_accuracy);
    parser_.path("--dataset-csv", options.dataset_csv);
  }

  // `may_be_part`: with --resume the others are those of the folder's run, which are not read here, so that
  // nothing is said of what would be lacking.
  void parse(std::span<const std::string> earlier, std::span<const std::string> arguments, bool may_be_part) {
    if (!earlier.empty()) {
      parser_.parse(earlier);
      other_output_.reset();
      options_.run.output_dir.clear();
      options_.run.json = options_.run.quiet = options_.run.debug_io = options_.dry_run = false;
    }
    parser_.parse(arguments);
    is_part_ = may_be_part && options_.resume;
    if (options_.dataset_csv && !options_.test_accuracy && !is_part_)
      throw usage_error("--dataset-csv needs --test-accuracy, which tests classification on it");
    run_.finish();
    finish_work();
    options_.interleaved = order_ != kOrders[1];
    if (std::erase(options_.precisions, kInt8) > 0) options_.int8 = true;
    check_devices();
    check_folders();
    choose_playoff();
    drop_repeated(options_.backends);
    drop_repeated(options_.devices);
    drop_repeated(options_.precisions);
    if (is_part_) return;
    options_.options_of = runtimes_.finish({.backends = options_.backends,
                                            .batch_sizes = options_.work.sizes[Axis::Batch],
                                            .seq_lengths = options_.work.sizes[Axis::Seq],
                                            .backend_options = options_.run.backend_options});
    if (!program_.texts) use_amp();
  }

  [[nodiscard]] std::vector<std::string> names() const { return parser_.names(); }

 private:
  void set_defaults() {
    options_.backends = {std::string(program_.backend)};
    options_.precisions = {std::string(program_.numbers)};
    options_.work.models = {std::string(program_.model)};
    options_.work.sizes[Axis::Batch] = {program_.batch_size};
    options_.run.num_iterations = program_.num_iterations;
  }

  void finish_work() {
    ModelOptions& work = options_.work;
    work.weights = weights_.choice();
    if (texts_) texts_->finish(options_.run.num_iterations, is_part_);
    if (evaluation_) evaluation_->finish(is_part_);
    work.compares = options_.acc_check || work.evaluate;
    if (images_) work.settings = images_->settings();
    drop_repeated(work.models);
    for (auto& [axis, values] : work.sizes) drop_repeated(values);
  }

  // The guide's imaging program computes as autocast does, unless it is told not to.
  void use_amp() {
    const bool has_torch = std::ranges::any_of(options_.backends, [](const std::string& backend) {
      return backend == kAutoBackend || backend == kAmpBackend;
    });
    const bool is_fp32 = std::ranges::all_of(options_.precisions,
                                             [](const std::string& precision) { return precision == kFp32; });
    const std::string key(kAmpKey);
    if (has_torch && !is_fp32 && !options_.run.backend_options.contains(key))
      options_.options_of[std::string(kAmpBackend)].emplace(key, "on");
  }

  // --output-root is the folder of dated ones, --output-dir that of the results.
  [[nodiscard]] std::string_view other_output() const {
    return program_.run.output == kOutputRoot ? kOutputDir : kOutputRoot;
  }

  void check_devices() {
    if (options_.devices == std::vector<std::string>{"auto"}) options_.devices.clear();
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
    if (options_.deployment && !options_.int8 && !is_part_)
      throw usage_error("--deployment needs --int8: its settings are those of int8");
    if (options_.resume && !output.empty()) {
      throw usage_error("--resume and {}: give one of them; a resumed run writes into its folder",
                        other_output_ ? other_output() : program_.run.output);
    }
    if (options_.out && (options_.resume || !output.empty()))
      throw usage_error("{} is in place of a folder of results: leave the other option out", kOut);
    if (options_.out && options_.report)
      throw usage_error("--report is beside the summaries of a folder of results: give {} in place of {}",
                        kOutputDir, kOut);
    if (output.empty()) output = program_.output_root;
  }

  const Program& program_;
  MeasureOptions& options_;
  OptionParser parser_;
  RunOptionsParser run_;
  WeightsOptionParser weights_;
  RuntimeOptionsParser runtimes_;
  std::optional<TextOptionsParser> texts_;
  std::optional<EvaluationOptionsParser> evaluation_;
  std::optional<ImageOptionsParser> images_;
  std::optional<std::string> other_output_;
  std::string order_;
  bool no_playoff_ = false;
  bool is_part_ = false;
};

}  // namespace

MeasureOptions parse_measure_options(const Program& program, std::span<const std::string> arguments) {
  MeasureOptions options;
  MeasureParser(program, options).parse({}, arguments, true);
  return options;
}

MeasureOptions parse_measure_options(const Program& program, std::span<const std::string> earlier,
                                     std::span<const std::string> arguments) {
  MeasureOptions options;
  MeasureParser(program, options).parse(earlier, arguments, false);
  return options;
}

std::vector<std::string> measure_option_names(const Program& program) {
  MeasureOptions options;
  return MeasureParser(program, options).names();
}

}  // namespace medbench
