#include "campaign/result_folder.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/file_lock.hpp"
#include "base/utc.hpp"
#include "campaign/classification_test.hpp"
#include "campaign/newest.hpp"
#include "campaign/plan_record.hpp"
#include "report/report.hpp"

namespace medbench {

namespace {

constexpr std::string_view kPlanPrefix = "plan_";
constexpr std::string_view kPlayoffPrefix = "playoff_";
constexpr const char* kLockFile = ".summary.lock";
constexpr std::chrono::seconds kLockPatience{10};
constexpr std::array<std::string_view, 3> kResultPrefixes{"imaging_", "matrix_", "medical_"};

// Of results in the order of time those that count.
std::vector<Result> one_of_each(std::vector<Result> results) {
  std::vector<Result> kept;
  for (const std::size_t i : newest_of_each(results, configuration_key))
    kept.push_back(std::move(results[i]));
  return kept;
}

}  // namespace

std::filesystem::path folder_of_today(const std::filesystem::path& root) {
  constexpr std::size_t kDate = 10;  // "2026-01-31"
  return root / utc_now().substr(0, kDate) / "hardware_matrix";
}

std::vector<std::filesystem::path> ResultFolder::files(std::span<const std::string_view> prefixes) const {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (auto it = std::filesystem::directory_iterator(path_, error);
       !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    // A model may be called as these files begin.
    if (is_classification_file(name)) continue;
    const bool is_one = std::any_of(prefixes.begin(), prefixes.end(),
                                    [&](std::string_view prefix) { return name.starts_with(prefix); });
    if (is_one && name.ends_with(".json")) found.push_back(it->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void ResultFolder::read_new_files() {
  for (const auto& file : files(kResultPrefixes)) {
    const std::string name = file.filename().string();
    std::error_code ignored;
    // Empty: its name is taken, and its content is still to come.
    if (results_.contains(name) || broken_.contains(name) || std::filesystem::file_size(file, ignored) == 0)
      continue;
    try {
      results_.emplace(name, result_from_json(read_json_file(file)));
    } catch (const std::exception& error) {
      broken_.insert(name);
      const std::string path = printable(file.string());
      const std::string reason = error.what();  // may name the file itself
      complaints_.push_back(reason.starts_with(path) ? reason : fmt::format("{}: {}", path, reason));
    }
  }
}

std::vector<Result> ResultFolder::read_results() {
  read_new_files();
  std::vector<Result> results;
  for (const auto& [name, result] : results_) results.push_back(result);
  std::stable_sort(results.begin(), results.end(), [](const Result& a, const Result& b) {
    return std::tie(a.started_at, a.job.id) < std::tie(b.started_at, b.job.id);
  });
  return results;
}

void ResultFolder::rewrite_summaries(const std::function<void()>& beside) {
  // Without it the work goes on.
  const FileLock lock(path_ / kLockFile, [](auto waited) { return waited < kLockPatience; });
  if (!lock.problem().empty() && std::exchange(is_locked_, false)) {
    complaints_.push_back(
        fmt::format("cannot lock {}: {}; the summaries are written without, so a run beside this one may "
                    "leave out its rows until it writes them again",
                    (path_ / kLockFile).string(), lock.problem()));
  }
  const auto results = one_of_each(read_results());
  for (const auto& summary : summary_files()) {
    std::string text = summary.render(results);
    if (std::string_view(summary.name).ends_with(".md")) text += render_playoffs();
    replace_file(path_ / summary.name, text);
  }
  if (beside) beside();
}

void ResultFolder::record_playoff(const Json& playoff) const {
  write_new_file(path_ / fmt::format("{}{}.json", kPlayoffPrefix, file_stamp()), dump_pretty(playoff) + "\n");
}

std::string ResultFolder::render_playoffs() const {
  std::string text;
  for (const auto& file : files({&kPlayoffPrefix, 1})) {
    try {
      text += fmt::format("- {}\n", printable(get_string(read_json_file(file), "line", "play-off")));
    } catch (const Error&) {
      continue;  // somebody else's file
    }
  }
  return text.empty() ? text : "\n## Play-offs\n\n" + text;
}

std::vector<std::string> ResultFolder::take_complaints() {
  return std::exchange(complaints_, {});
}

void ResultFolder::record_plan(const Json& plan) const {
  for (const auto& file : files({&kPlanPrefix, 1})) {
    try {
      if (!find_plan_difference(read_json_file(file), plan)) return;
    } catch (const Error&) {
      continue;  // a plan that cannot be read is not this one
    }
  }
  write_new_file(path_ / fmt::format("{}{}.json", kPlanPrefix, file_stamp()), dump_pretty(plan) + "\n");
}

std::vector<Json> ResultFolder::plans() const {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path_, ignored))
    throw usage_error("--resume {}: it is not a folder", printable(path_.string()));
  std::vector<Json> plans;
  for (const auto& file : files({&kPlanPrefix, 1})) plans.push_back(read_json_file(file));
  if (plans.empty()) {
    throw usage_error("--resume {}: no plan is in it; give the folder of an earlier run",
                      printable(path_.string()));
  }
  std::reverse(plans.begin(), plans.end());
  return plans;
}

}  // namespace medbench
