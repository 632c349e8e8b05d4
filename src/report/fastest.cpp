#include "report/fastest.hpp"

#include <algorithm>

#include "accuracy/gates.hpp"
#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "job/restarts.hpp"
#include "report/columns.hpp"

namespace medbench {

namespace {

Fastest fastest_of(const std::vector<const Result*>& group) {
  Fastest fastest;
  fastest.any = group.front();
  fastest.paddings_differ = paddings_differ(group);
  fastest.parity_checked = asked_for_accuracy(group);
  fastest.is_gated = is_gated(group);
  const auto candidates = rows_that_may_win(group);
  if (!candidates.empty()) fastest.row = candidates[0];
  if (candidates.size() > 1) {
    fastest.runner_up = candidates[1];
    fastest.against_runner_up = compare_processes(process_medians_ms(candidates[1]->samples),
                                                  process_medians_ms(candidates[0]->samples));
  }
  return fastest;
}

std::string render_runner_up(const Fastest& fastest) {
  const ProcessComparison& found = fastest.against_runner_up;
  std::string text = fmt::format("; next is {}, {:.3f} times its median",
                                 target_name(*fastest.runner_up, fastest.paddings_differ),
                                 median_ms_of(*fastest.runner_up) / median_ms_of(*fastest.row));
  if (!found.interval) return text + ", which so few processes cannot tell from chance";
  text += fmt::format(" ({:.3f} to {:.3f} over {} processes)", found.interval->low, found.interval->high,
                      std::min(found.candidates, found.baselines));
  switch (found.verdict) {
    case Verdict::Slower:
      return text;
    case Verdict::Same:
      return text + ", which is the same";
    case Verdict::Faster:
    case Verdict::Undecided:
      break;
  }
  return text + ", and the two cannot be told apart";
}

// What the winner was not measured against, of those that could be compared with it.
std::string render_missing(const Result& any, bool with_padding, std::span<const Result> results,
                           std::span<const Job> unmeasured) {
  std::string failed;
  std::string early;
  for (const Result& row : results) {
    if (!are_comparable(any, row)) continue;
    std::string& list = row.status == Status::Ok ? early : failed;
    if (row.status == Status::Ok && row.stop_rule != kStoppedEarly) continue;
    list += fmt::format("{}{}", list.empty() ? "" : ", ", target_name(row, with_padding));
    if (row.status != Status::Ok) list += fmt::format(" ({})", to_string(row.status));
  }
  std::string never;
  for (const Job& job : unmeasured) {
    if (!same_but_for_padding(job.work, any.job.work)) continue;
    never += printable(fmt::format("{}{} {} {}{}", never.empty() ? "" : ", ", job.target.backend,
                                   job.target.device, precision_label(job.target),
                                   with_padding ? padding_suffix(job.work) : ""));
  }
  std::string text;
  const auto add = [&](std::string_view what, const std::string& list) {
    if (!list.empty()) text += fmt::format("; {}: {}", what, list);
  };
  add("not measured", never);
  add("stopped early", early);
  add("not ok", failed);
  return text;
}

}  // namespace

bool asked_for_accuracy(std::span<const Result* const> group) {
  return std::ranges::any_of(group, [](const Result* row) {
    return row->metrics.get("acc_cosine").has_value() || !row->acc_error.empty();
  });
}

bool is_gated(std::span<const Result* const> group) {
  return std::ranges::any_of(group, [](const Result* row) { return gates_hold(*row).has_value(); });
}

std::string winning_conditions(bool parity_checked, bool gated) {
  std::string text = parity_checked ? "whose parity holds" : "";
  if (gated) text += fmt::format("{}that passes the gates", text.empty() ? "" : " and ");
  return text;
}

double median_ms_of(const Result& row) {
  return row.metrics.get("latency_ms.p50").value_or(0);
}

bool are_comparable(const Result& a, const Result& b) {
  return same_but_for_padding(a.job.work, b.job.work) && a.job.protocol.region == b.job.protocol.region;
}

bool paddings_differ(std::span<const Result* const> rows) {
  const auto padding = [](const Result* row) { return padding_suffix(row->job.work); };
  return std::ranges::any_of(rows, [&](const Result* row) { return padding(row) != padding(rows.front()); });
}

std::string target_name(const Result& row, bool with_padding) {
  const Target& target = row.job.target;
  return printable(fmt::format("{} {} {}{}{}", target.backend, row.device, precision_label(target),
                               with_padding ? padding_suffix(row.job.work) : "",
                               is_disturbed(row) ? " (beside other load)" : ""));
}

std::vector<const Result*> rows_that_may_win(std::span<const Result* const> group) {
  const bool judged = asked_for_accuracy(group);
  const bool gated = is_gated(group);
  std::vector<const Result*> rows;
  for (const Result* row : group) {
    const bool is_right =
        (!judged || parity_holds(*row).value_or(false)) && (!gated || gates_hold(*row).value_or(false));
    if (row->status == Status::Ok && is_right && row->metrics.get("latency_ms.p50")) rows.push_back(row);
  }
  std::ranges::stable_sort(rows, {}, [](const Result* row) { return median_ms_of(*row); });
  return rows;
}

std::vector<std::vector<const Result*>> group_by_work(std::span<const Result> results) {
  std::vector<std::vector<const Result*>> groups;
  for (const auto& result : results) {
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& members) {
      return are_comparable(*members.front(), result);
    });
    if (group == groups.end()) {
      groups.push_back({&result});
    } else {
      group->push_back(&result);
    }
  }
  return groups;
}

std::vector<Fastest> find_fastest(std::span<const Result> results) {
  std::vector<Fastest> all;
  for (const auto& group : group_by_work(results)) all.push_back(fastest_of(group));
  return all;
}

std::string render_fastest(std::span<const Result> results, std::span<const Job> unmeasured) {
  std::string text;
  for (const auto& fastest : find_fastest(results)) {
    const Result& any = *fastest.any;
    const std::string missing = render_missing(any, fastest.paddings_differ, results, unmeasured);
    const std::string conditions = winning_conditions(fastest.parity_checked, fastest.is_gated);
    text += fmt::format("{} {}: ", printable(name_of_model(any)), to_string(any.job.work.axes));
    if (fastest.row == nullptr) {
      text += fmt::format("no row {}{}\n", conditions.empty() ? "that is ok" : conditions, missing);
      continue;
    }
    text += fmt::format("fastest{}{} is {}, p50 {} ms", conditions.empty() ? "" : " ", conditions,
                        target_name(*fastest.row, fastest.paddings_differ),
                        format_number(median_ms_of(*fastest.row)));
    if (fastest.runner_up != nullptr) text += render_runner_up(fastest);
    text += missing + "\n";
  }
  return text;
}

}  // namespace medbench
