#include "medbench/ab_baseline.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/utc.hpp"
#include "campaign/baseline.hpp"
#include "campaign/result_folder.hpp"
#include "machine/machine.hpp"
#include "medbench/commands.hpp"
#include "medbench/comparison_output.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/output.hpp"
#include "medbench/session.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

namespace fs = std::filesystem;

struct BaselineOptions {
  ComparisonOptions comparison{.max_slowdown_percent = kUsualMaxSlowdownPercent};
  std::string folder;
  std::string libexec;
  std::string output_root = "reports";
};

void declare(OptionParser& parser, BaselineOptions& options) {
  declare(parser, options.comparison);
  parser.path(kBaselineOption, options.folder);
  parser.path("--libexec", options.libexec);
  parser.path("--output-root", options.output_root);
}

// What a pair of sides is told, and these have not: it would be ignored.
void refuse_options_of_sides(const OptionParser& parser, std::span<const std::string> arguments) {
  const auto own = parser.names();
  auto others = matrix_option_names();
  others.emplace_back("--pair-seconds");
  others.emplace_back("--");
  for (const std::string& argument : arguments) {
    const std::string name = argument.substr(0, argument.find('='));
    if (std::ranges::count(own, name) > 0 || std::ranges::count(others, name) == 0) continue;
    throw usage_error("{} cannot be given with {}: the rows are measured as those of the folder were", name,
                      kBaselineOption);
  }
}

fs::path make_new_folder(const fs::path& root) {
  ensure_writable_directory(root);
  const std::string name = "ab_" + file_stamp();
  for (int number = 1;; ++number) {
    fs::path folder = root / (number == 1 ? name : fmt::format("{}-{}", name, number));
    std::error_code error;
    if (fs::create_directory(folder, error)) return folder;
    if (error) throw environment_error("{}: {}", printable(folder.string()), error.message());
  }
}

// Measures the jobs and stores what became of them; their rows, ok or not.
RowsByKey measure(Session& session, const std::vector<Job>& jobs) {
  session.run(jobs);
  RowsByKey rows;
  for (const Result& result : session.results()) rows.emplace(row_key(result.job), result);
  return rows;
}

}  // namespace

int run_ab_baseline(std::span<const std::string> arguments) {
  BaselineOptions options;
  OptionParser parser("medbench ab");
  declare(parser, options);
  refuse_options_of_sides(parser, arguments);
  parser.parse(arguments);
  check_libexec(options.libexec);
  check_output_files(options.comparison);
  if (!fs::is_directory(options.folder))
    throw usage_error("{} {}: there is no such folder", kBaselineOption, printable(options.folder));
  RowsByKey baseline = read_rows(options.folder);
  const std::vector<Job> jobs = jobs_of_baseline(baseline);

  const InterruptGuard guard;
  const bool quiet = options.comparison.quiet;
  RunOptions run;
  run.output_dir = make_new_folder(options.output_root).string();
  run.quiet = quiet;
  use_libexec(options.libexec, run.worker);
  if (!quiet)
    std::ranges::for_each(find_doubts(baseline, read_machine_profile().cpu_model), print_information);
  ResultFolder folder(run.output_dir);
  const SessionSettings settings{.command = "matrix",
                                 .after_save = [&](const Result&) { folder.rewrite_summaries(); }};
  Session session(settings, run);
  RowsByKey candidate = measure(session, jobs);
  const int stored = session.exit_code(jobs.size(), [](const Result&) { return true; });
  if (interrupted()) return stored;

  const auto rows =
      compare_rows(std::move(baseline), std::move(candidate), options.comparison.same_percent / 100);
  show_comparison(rows, options.comparison);
  if (!quiet && !options.comparison.json)
    print_output(fmt::format("Files:\n  {}\n", (fs::path(run.output_dir) / "summary.md").string()));
  return stored != kExitOk ? stored
                           : exit_code_of_measured(rows, *options.comparison.max_slowdown_percent / 100);
}

std::vector<std::string> ab_baseline_option_names() {
  BaselineOptions options;
  OptionParser parser("medbench ab");
  declare(parser, options);
  return parser.names();
}

}  // namespace medbench
