#include "campaign/compare_runs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/error.hpp"
#include "campaign/result_folder.hpp"
#include "job/restarts.hpp"

namespace medbench {

namespace {

namespace fs = std::filesystem;

Result read_result(const fs::path& file) {
  const Json json = read_json_file(file);  // names the file itself
  Result result;
  try {
    result = result_from_json(json);
  } catch (const Error& error) {
    throw error.about(printable(file.string()));
  }
  if (result.status != Status::Ok || result.samples.empty()) {
    throw usage_error(
        "{}: its status is {} and it holds {} samples; only a measurement that worked can be compared",
        printable(file.string()), to_string(result.status), result.samples.size());
  }
  check_samples(result, file.string());
  return result;
}

// Of the profile of the machine, what may explain a difference.
constexpr std::array kMachine{std::pair{"hostname", "the machine"},
                              std::pair{"kernel", "the kernel"},
                              std::pair{"cpu_model", "the processor"},
                              std::pair{"logical_cores", "the number of processors"},
                              std::pair{"cpu_quota", "the processor quota"},
                              std::pair{"governor", "the frequency governor"},
                              std::pair{"turbo", "turbo"},
                              std::pair{"container", "the container"},
                              std::pair{"accelerators", "the accelerators"}};

std::string name_of(const Result& row) {
  const Target& target = row.job.target;
  return printable(fmt::format("{} {} {} {} {}", short_name(row.job.work.model), to_string(row.job.work.axes),
                               target.backend, row.device, precision_label(target)));
}

// Nothing in stored results says that the sides alternated.
ComparedRow compare_row(Result baseline, Result candidate, double same_within) {
  ComparedRow row{.name = name_of(candidate),
                  .baseline = std::move(baseline),
                  .candidate = std::move(candidate),
                  .comparison = {},
                  .notes = {},
                  .problem = {}};
  if (row.candidate->status != Status::Ok) {
    row.problem = fmt::format("the candidate is {}: {}", to_string(row.candidate->status),
                              row.candidate->failure ? printable(row.candidate->failure->message) : "");
    return row;
  }
  const ProcessTestOptions options{.equivalence = same_within,
                                   .took_turns = false,
                                   .candidate_drift = drift_over_life(turn_levels(row.candidate->samples)),
                                   .baseline_drift = drift_over_life(turn_levels(row.baseline->samples))};
  row.comparison = to_comparison(compare_processes(process_medians_ms(row.candidate->samples),
                                                   process_medians_ms(row.baseline->samples), options));
  row.notes = find_circumstances(*row.baseline, *row.candidate);
  if (row.comparison.interval) {
    row.notes.push_back(
        fmt::format("the interval is wider for what the turns of the sides drifted, {:.1f} % and {:.1f} %",
                    100 * options.baseline_drift, 100 * options.candidate_drift));
  }
  return row;
}

// `others` are the rows of the other folder: one that differs in a part of the work alone says which.
ComparedRow lonely(const Result& row, bool is_baseline, const RowsByKey& others) {
  ComparedRow lonely;
  lonely.name = name_of(row);
  (is_baseline ? lonely.baseline : lonely.candidate) = row;
  lonely.problem = is_baseline ? "it is in the baseline alone, or failed in the candidate"
                               : "it is in the candidate alone, or failed in the baseline";
  for (const auto& [identity, other] : others) {
    if (name_of(other) != lonely.name || measured_target(other.job.target) != measured_target(row.job.target))
      continue;
    const auto& [before, now] = is_baseline ? std::tie(row, other) : std::tie(other, row);
    if (const auto difference = find_other_work(before.job, now.job)) {
      lonely.problem = *difference;
      break;
    }
  }
  return lonely;
}

// Rows of one name.
void tell_paddings_apart(std::vector<ComparedRow>& rows) {
  std::map<std::string, std::size_t> named;
  for (const ComparedRow& row : rows) ++named[row.name];
  for (ComparedRow& row : rows) {
    if (named.at(row.name) == 1) continue;
    row.name += padding_suffix((row.candidate ? row.candidate : row.baseline)->job.work);
  }
}

// "NUMA node 0, processors 0-15"; empty in files of earlier versions.
std::string placement_of(const Result& row) {
  const auto placement = row.details.find("placement");
  if (placement == row.details.end() || !placement->is_object()) return {};
  const auto node = find_int(*placement, "numa_node", "placement");
  return fmt::format("{}, processors {}", node ? fmt::format("NUMA node {}", *node) : "several NUMA nodes",
                     find_string(*placement, "processors", "placement").value_or(""));
}

}  // namespace

void check_samples(const Result& result, const std::string& origin) {
  for (std::size_t i = 0; i < result.samples.size(); ++i) {
    const double ms = result.samples[i].ms;
    if (std::isfinite(ms) && ms > 0) continue;
    throw usage_error("{}: sample {} is {}, which is no duration", printable(origin), i + 1, ms);
  }
}

std::string row_key(const Job& job) {
  Target target = measured_target(job.target);
  // Which is what their absence means.
  if (target.precision == kInt8 && !target.quantization) target.quantization.emplace();
  return dump_line({to_json(job.work), to_json(target), to_string(job.protocol.region)});
}

RowsByKey read_rows(const fs::path& folder) {
  ResultFolder results(folder);
  RowsByKey rows;
  for (Result& result : results.read_results()) {
    if (result.status != Status::Ok) continue;
    check_samples(result, folder.string());
    const auto [place, is_new] = rows.try_emplace(row_key(result.job));
    if (is_new) {
      place->second = std::move(result);
    } else {
      add_process(place->second, std::move(result));
    }
  }
  if (const auto complaints = results.take_complaints(); !complaints.empty())
    throw usage_error("{}", complaints.front());
  if (rows.empty()) throw usage_error("{}: no row that worked is in it", printable(folder.string()));
  return rows;
}

std::vector<ComparedRow> compare_rows(RowsByKey baseline, RowsByKey candidate, double same_within) {
  std::vector<ComparedRow> compared;
  for (auto& [key, before] : baseline) {
    const auto now = candidate.find(key);
    if (now == candidate.end()) {
      compared.push_back(lonely(before, true, candidate));
      continue;
    }
    compared.push_back(compare_row(std::move(before), std::move(now->second), same_within));
    candidate.erase(now);
  }
  for (const auto& [key, row] : candidate) compared.push_back(lonely(row, false, baseline));
  tell_paddings_apart(compared);
  return compared;
}

std::optional<std::string> find_other_work(const Job& a, const Job& b) {
  if (auto difference = find_difference(a.work, b.work)) return difference;
  if (a.protocol.region == b.protocol.region) return std::nullopt;
  return fmt::format("the timed region differs, {} and {}", to_string(a.protocol.region),
                     to_string(b.protocol.region));
}

std::vector<std::string> find_circumstances(const Result& baseline, const Result& candidate) {
  std::vector<std::string> found;
  const auto compare = [&](std::string_view what, const std::string& before, const std::string& now) {
    if (before != now)
      found.push_back(fmt::format("{} differs: {} and {}", what, printable(before), printable(now)));
  };
  const auto machine = [](const Result& row, const char* key) {
    const auto value = row.machine.find(key);
    return value == row.machine.end() ? std::string() : dump_line(*value);
  };
  for (const auto& [key, what] : kMachine) compare(what, machine(baseline, key), machine(candidate, key));
  compare("the device", baseline.device, candidate.device);
  compare("the number of threads", std::to_string(baseline.threads), std::to_string(candidate.threads));
  const std::string before = placement_of(baseline);
  const std::string now = placement_of(candidate);
  if (!before.empty() && !now.empty()) compare("the placement", before, now);
  compare("what the runtime computed in", baseline.effective_precision, candidate.effective_precision);
  if (baseline.runtime.name == candidate.runtime.name)
    compare("the version of " + baseline.runtime.name, baseline.runtime.version, candidate.runtime.version);
  else if (baseline.job.target.backend == candidate.job.target.backend)
    compare("the runtime", baseline.runtime.name, candidate.runtime.name);
  for (const auto& [side, row] : {std::pair{"baseline", &baseline}, std::pair{"candidate", &candidate}}) {
    if (is_disturbed(*row)) {
      found.push_back(fmt::format("other processes used {:.0f} % of the processors while the {} was measured",
                                  100 * *row->metrics.get("other_load_share"), side));
    }
  }
  return found;
}

std::vector<ComparedRow> compare_runs(const fs::path& baseline, const fs::path& candidate,
                                      double same_within) {
  for (const fs::path& path : {baseline, candidate}) {
    if (!fs::exists(path)) throw usage_error("{}: there is no such file or folder", printable(path.string()));
  }
  if (fs::is_directory(baseline) != fs::is_directory(candidate))
    throw usage_error("compare two files or two folders: only one of {} and {} is a folder",
                      printable(baseline.string()), printable(candidate.string()));
  if (fs::is_directory(baseline)) return compare_rows(read_rows(baseline), read_rows(candidate), same_within);
  Result before = read_result(baseline);
  Result now = read_result(candidate);
  if (const auto difference = find_other_work(before.job, now.job))
    throw usage_error("cannot compare: {}", *difference);
  std::vector<ComparedRow> rows;
  rows.push_back(compare_row(std::move(before), std::move(now), same_within));
  return rows;
}

}  // namespace medbench
