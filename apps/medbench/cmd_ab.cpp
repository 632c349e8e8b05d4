// `medbench ab`: which of two configurations is faster, by pairs of fresh processes.
#include <algorithm>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/utc.hpp"
#include "campaign/ab.hpp"
#include "campaign/compare_runs.hpp"
#include "medbench/ab_baseline.hpp"
#include "medbench/commands.hpp"
#include "medbench/comparison_output.hpp"
#include "medbench/evaluation_options.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/kept_text.hpp"
#include "medbench/option_parser.hpp"
#include "medbench/output.hpp"
#include "medbench/planning.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

constexpr std::string_view kBetweenSides = "--";
constexpr NumberRange kPairSeconds{0.1, 3600};

constexpr Program kSide{.command = "ab",
                        .names = {.model = "--models", .sizes = kMatrixSizes},
                        .run = {.iterations = "--iters", .warmup = "--warmup", .output = "--output-root"},
                        .backend = "torch",
                        .output_root = "reports",
                        .dated_folder = false,
                        .wants_every_row = false};

struct AbOptions {
  ComparisonOptions comparison{.max_slowdown_percent = kUsualMaxSlowdownPercent};
  double pair_seconds = 1;
  std::string output_root = "reports";
};

void declare(OptionParser& parser, AbOptions& options) {
  declare(parser, options.comparison);
  parser.number("--pair-seconds", kPairSeconds, options.pair_seconds);
  parser.path("--output-root", options.output_root);
}

// What ab itself is told may stand among the options of the first side.
struct Split {
  std::vector<std::string> own;
  std::vector<std::string> a;
  std::vector<std::string> b;
};

Split split_arguments(std::span<const std::string> arguments, const std::vector<std::string>& own_names) {
  const auto middle = std::ranges::find(arguments, kBetweenSides);
  if (middle == arguments.end()) {
    throw usage_error(
        "give two configurations with -- between them, such as: medbench ab --backend torch -- "
        "--backend onnxruntime; or {} FOLDER",
        kBaselineOption);
  }
  Split split;
  split.b.assign(middle + 1, arguments.end());
  for (auto it = arguments.begin(); it != middle; ++it) {
    const std::string name = it->substr(0, it->find('='));
    if (std::ranges::find(own_names, name) == own_names.end()) {
      split.a.push_back(*it);
      continue;
    }
    split.own.push_back(*it);
    const bool takes_value = name != "--json" && name != "--quiet" && it->find('=') == std::string::npos;
    if (takes_value && it + 1 != middle) split.own.push_back(*++it);
  }
  return split;
}

std::string name_of(const Job& job) {
  return fmt::format("{} {} {} {}", printable(short_name(job.work.model)), to_string(job.work.axes),
                     job.target.backend, precision_label(job.target));
}

// What cannot run is a mistake of whoever asked: other kinds of errors have exit codes that mean something
// else.
PlannedRow plan_row(const char* side, const MeasureOptions& options, ModelDownload& download,
                    std::vector<std::string>& notes) {
  const Checked checked = check_options(kSide, options, download);
  Plan plan = plan_rows(kSide, options, checked);
  if (plan.rows.size() != 1) {
    throw usage_error(
        "side {} makes {} rows: give it one model, shape, backend, device, precision and padding", side,
        plan.rows.size());
  }
  if (const auto& failure = plan.rows.front().failure)
    throw usage_error("side {} cannot run: {}", side, failure->message);
  for (const auto& note : plan.notes) notes.push_back(fmt::format("{}: {}", side, note));
  return std::move(plan.rows.front());
}

Entrant plan_side(const char* side, const std::vector<std::string>& arguments, const AbOptions& ab,
                  KeptText& kept, ModelDownload& download, std::vector<std::string>& notes) {
  MeasureOptions options = parse_measure_options(kSide, arguments);
  if (options.dry_run || options.resume)
    throw usage_error("side {}: --dry-run and --resume are for medbench matrix and medical", side);
  if (options.work.evaluate)
    throw usage_error("side {}: {} is for medbench matrix and medical", side, kEvaluateOption);
  Job job;
  try {
    kept.keep(options.work.data, ab.output_root);
    job = plan_row(side, options, download, notes).job;
  } catch (const Error& error) {
    throw usage_error("{}", error.what());
  }
  job.id = std::string(side) + "_" + job.id;
  if (options.interleaved) job.protocol.turn = TurnLength{};
  job.protocol.time_budget_s = ab.pair_seconds;
  return {.job = std::move(job), .worker = options.run.worker};
}

void show_pair(std::size_t pairs, const Comparison& found) {
  std::string text = fmt::format("pair {}", pairs);
  if (found.ratio) text += fmt::format(": B takes {:.3f} times as long as A", *found.ratio);
  if (found.interval) text += fmt::format(", {:.3f} to {:.3f}", found.interval->low, found.interval->high);
  print_information(text);
}

Json record_of(const std::vector<Entrant>& sides, const ComparedRow& row) {
  Json json = to_json(row);
  json["schema"] = kSchema;
  json["sides"] = Json::array();
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const auto& result = i == 0 ? row.baseline : row.candidate;
    json["sides"].push_back(result ? to_json(*result) : Json{{"job", to_json(sides[i].job)}});
  }
  return json;
}

bool names_baseline(const std::string& argument) {
  return argument.substr(0, argument.find('=')) == kBaselineOption;
}

}  // namespace

int run_ab_command(std::span<const std::string> arguments) {
  if (std::ranges::any_of(arguments, names_baseline)) return run_ab_baseline(arguments);
  AbOptions options;
  OptionParser parser("medbench ab");
  declare(parser, options);
  const Split split = split_arguments(arguments, parser.names());
  parser.parse(split.own);

  const InterruptGuard guard;
  const bool quiet = options.comparison.quiet;
  std::vector<std::string> notes;
  KeptText kept;
  ModelDownload download(ProgressDisplay::mode_for(quiet, stderr));
  std::vector<Entrant> sides{plan_side("A", split.a, options, kept, download, notes),
                             plan_side("B", split.b, options, kept, download, notes)};
  if (const auto difference = find_other_work(sides[0].job, sides[1].job))
    throw usage_error("the sides of ab do different work: {}", *difference);
  if (!sides[0].job.protocol.turn || !sides[1].job.protocol.turn) {
    for (Entrant& side : sides) side.job.protocol.turn.reset();
  }
  ensure_writable_directory(options.output_root);
  check_output_files(options.comparison);
  kept.release();
  if (!quiet) std::ranges::for_each(notes, print_information);

  SilentObserver observer;  // a line a pair is all that is shown
  Contest contest(sides, observer);
  AbSettings settings{.same_within = options.comparison.same_percent / 100,
                      .max_slowdown = *options.comparison.max_slowdown_percent / 100};
  if (!quiet) settings.progress = show_pair;
  ComparedRow row = run_ab(contest, settings);
  row.name = fmt::format("A: {}; B: {}", name_of(sides[0].job), name_of(sides[1].job));
  if (row.baseline && row.candidate) {
    const auto circumstances = find_circumstances(*row.baseline, *row.candidate);
    row.notes.insert(row.notes.end(), circumstances.begin(), circumstances.end());
  }
  const auto file =
      write_new_file(std::filesystem::path(options.output_root) / fmt::format("ab_{}.json", file_stamp()),
                     dump_pretty(record_of(sides, row)) + "\n");
  show_comparison({&row, 1}, options.comparison);
  if (!quiet && !options.comparison.json) print_output(fmt::format("Files:\n  {}\n", file.string()));
  if (interrupted()) return kExitSignalBase + interrupt_signal();
  return exit_code_of_measured({&row, 1}, settings.max_slowdown);
}

std::vector<std::string> ab_option_names() {
  AbOptions options;
  OptionParser parser("medbench ab");
  declare(parser, options);
  std::vector<std::string> names = parser.names();
  for (std::string& name : ab_baseline_option_names()) {
    if (std::ranges::count(names, name) == 0) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace medbench
