#include "campaign/report_sources.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/error.hpp"
#include "campaign/classification_test.hpp"
#include "campaign/compare_runs.hpp"
#include "campaign/newest.hpp"
#include "campaign/playoff.hpp"
#include "report/page/machines.hpp"

namespace medbench {

namespace {

namespace fs = std::filesystem;

// In folders of results, and no results.
constexpr std::array<std::string_view, 4> kOtherPrefixes{"ab_", "plan_", "summary.", "."};
constexpr std::string_view kPlayoffPrefix = "playoff_";

bool is_other(const std::string& name) {
  return is_classification_file(name) || std::ranges::any_of(kOtherPrefixes, [&](std::string_view prefix) {
           return name.starts_with(prefix);
         });
}

// The file's name may begin the message already.
std::string reason_of(const std::string& message, const fs::path& file) {
  const std::string begin = printable(file.string()) + ": ";
  return message.starts_with(begin) ? message.substr(begin.size()) : message;
}

// Somebody wrote another median into the file, or other samples.
void doubt_edited(Result& result) {
  constexpr double kRounding = 0.02;
  const auto stored = result.metrics.get("latency_ms.p50");
  const auto count = result.metrics.get("latency_ms.n");
  if (!stored || !count || static_cast<std::size_t>(*count) != result.samples.size()) return;
  Metrics again;
  fill_latency_metrics(again, result.samples, unit_of(result.job.work));
  const auto found = again.get("latency_ms.p50");
  if (!found || std::abs(*found - *stored) <= kRounding * *found) return;
  result.warnings.push_back(
      {.kind = "edited",
       .text = fmt::format("latency_ms.p50 is {} ms, and its samples give {} ms", *stored, *found),
       .advice = "measure the row again: the file was changed after it was written"});
}

Verdict verdict_from(std::string_view word) {
  for (const Verdict verdict : {Verdict::Faster, Verdict::Slower, Verdict::Same}) {
    if (to_string(verdict) == word) return verdict;
  }
  return Verdict::Undecided;
}

Comparison comparison_from(const Json& json) {
  Comparison comparison{.verdict = verdict_from(find_string(json, "verdict", "play-off").value_or(""))};
  comparison.n = static_cast<std::size_t>(
      std::max<std::int64_t>(find_int(json, "pairs_or_processes", "play-off").value_or(0), 0));
  comparison.ratio = find_number(json, "ratio", "play-off");
  const auto low = find_number(json, "ratio_ci95_low", "play-off");
  const auto high = find_number(json, "ratio_ci95_high", "play-off");
  if (low && high) comparison.interval = Interval{.low = *low, .high = *high};
  return comparison;
}

Result row_from(const Json& json) {
  Result row = result_from_json(json);
  row.samples.clear();  // the verdict is all that is needed
  return row;
}

PlayoffRecord playoff_from(const Json& json) {
  const auto winner = json.find("winner");
  const auto others = json.find("others");
  if (winner == json.end() || others == json.end() || !others->is_array())
    throw usage_error("it is no play-off");
  PlayoffRecord record{.winner = row_from(*winner), .others = {}};
  for (const Json& other : *others) {
    const auto row = other.find("result");
    if (row == other.end()) throw usage_error("it is no play-off");
    record.others.push_back({.row = row_from(*row), .against_winner = comparison_from(other)});
  }
  return record;
}

}  // namespace

ReportSources::ReportSources(std::vector<fs::path> paths) : paths_(std::move(paths)) {
  for (const fs::path& path : paths_) {
    std::error_code error;
    if (!fs::exists(path, error)) {
      throw usage_error("{}: there is no such file or folder{}", printable(path.string()),
                        error ? fmt::format(" ({})", error.message()) : "");
    }
  }
}

void ReportSources::read() {
  for (const fs::path& path : paths_) read_path(path);
}

void ReportSources::read_path(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    read_folder(path);
  } else {
    read_file(path);
  }
}

void ReportSources::read_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (auto it =
           fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (name.ends_with(".json") && !is_other(name) && it->is_regular_file(ignored))
      files.push_back(it->path());
  }
  if (error) leave_out(folder, error.message());
  std::ranges::sort(files);
  for (const fs::path& file : files) read_file(file);
  if (files.empty() && !error) leave_out(folder, "no result is in this folder");
}

void ReportSources::read_file(const fs::path& file) {
  std::error_code ignored;
  const fs::path canonical = fs::weakly_canonical(file, ignored);
  if (seen_.contains(canonical.string())) return;
  left_out_.erase(file.string());
  // Its name is taken, and its content may be still to come.
  if (fs::is_regular_file(file, ignored) && fs::file_size(file, ignored) == 0)
    return leave_out(file, "the file is empty");
  seen_.insert(canonical.string());
  try {
    const Json json = read_json_file(file);
    if (file.filename().string().starts_with(kPlayoffPrefix)) {
      playoffs_.push_back(playoff_from(json));
      return;
    }
    const Json list = json.is_array() ? json : Json::array({json});
    if (list.empty()) throw usage_error("the list of results is empty");
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string place = list.size() > 1 ? fmt::format("result {}", i + 1) : "";
      try {
        if (!list[i].is_object() || !list[i].contains("job"))
          throw usage_error("it is no result of medbench");
        Stored stored{.result = result_from_json(list[i]),
                      .file = file.string(),
                      .is_old_schema = !list[i].contains("schema")};
        check_samples(stored.result, place.empty() ? "the result" : place);
        doubt_edited(stored.result);
        stored_.push_back(std::move(stored));
      } catch (const Error& error) {
        leave_out(file, (place.empty() ? "" : place + ": ") + reason_of(error.what(), file));
      }
    }
  } catch (const std::exception& error) {
    leave_out(file, reason_of(error.what(), file));
  }
}

void ReportSources::leave_out(const fs::path& file, const std::string& reason) {
  left_out_.try_emplace(file.string(), reason);
}

PageInput ReportSources::input(const CommandOf& command) const {
  return choose(stored_, command);
}

PageInput ReportSources::take(const CommandOf& command) {
  return choose(std::exchange(stored_, {}), command);
}

PageInput ReportSources::choose(std::vector<Stored> all, const CommandOf& command) const {
  std::ranges::stable_sort(all, [](const Stored& a, const Stored& b) {
    return std::tie(a.result.started_at, a.result.job.id, a.file) <
           std::tie(b.result.started_at, b.result.job.id, b.file);
  });
  PageInput input;
  std::vector<Result> results;
  results.reserve(all.size());
  for (Stored& stored : all) results.push_back(std::move(stored.result));
  const auto kept = newest_of_each(
      results, [](const Result& result) { return machine_key(result) + configuration_key(result); });
  for (const std::size_t i : kept) {
    input.origins.push_back({.file = all[i].file, .command = command(results[i])});
    if (all[i].is_old_schema) ++input.old_schema;
    input.results.push_back(std::move(results[i]));
  }
  input.superseded = all.size() - kept.size();
  input.playoffs = playoffs_;
  for (const auto& [file, reason] : left_out_) input.left_out.push_back({.file = file, .reason = reason});
  return input;
}

}  // namespace medbench
