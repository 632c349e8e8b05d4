#include "report/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "accuracy/gates.hpp"
#include "base/error.hpp"
#include "report/columns.hpp"
#include "report/fastest.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

// "1,234,567"
std::string with_commas(double count) {
  std::string digits = fmt::format("{:.0f}", count);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), ",");
  return digits;
}

using Rows = std::vector<const Result*>;

bool is_evaluated(const Result* row) {
  return row->status == Status::Ok && row->metrics.get("eval_accuracy") && row->metrics.get("latency_ms.p50");
}

const Result* fastest_fp32(const Rows& rows, const std::string& device) {
  const auto is_it = [&](const Result* row) {
    return row->job.target.precision == kFp32 && row->device == device;
  };
  const auto found = std::ranges::find_if(rows, is_it);  // they are sorted
  return found == rows.end() ? nullptr : *found;
}

std::string describe_speed(const Result& row, const Result* fp32, bool with_padding) {
  std::string text = fmt::format("p50 {} ms", format_number(median_ms_of(row)));
  const auto low = row.metrics.get("latency_ms.ci95_low");
  const auto high = row.metrics.get("latency_ms.ci95_high");
  if (low && high) text += fmt::format(" ({} to {})", format_number(*low), format_number(*high));
  if (fp32 == nullptr || fp32 == &row) return text;
  return text + printable(fmt::format(", {:.2f} times as fast as {} {} fp32{}",
                                      median_ms_of(*fp32) / median_ms_of(row), fp32->job.target.backend,
                                      fp32->device, with_padding ? padding_suffix(fp32->job.work) : ""));
}

std::string describe_comparison(const Result& row) {
  const std::string flips = describe_flips(row);
  if (!flips.empty()) return "; changes " + flips;
  const auto found = row.metrics.all().find("eval_flips");
  if (found == row.metrics.all().end()) return {};
  return fmt::format("; not compared with fp32: {}", printable(found->second.reason));
}

std::string describe_row(const Result& row, const Result* fp32, bool with_padding) {
  std::string scores;
  for (const std::string& score : scores_of(row)) scores += "; " + score;
  return fmt::format("{}: {}{}{}\n", target_name(row, with_padding), describe_speed(row, fp32, with_padding),
                     describe_comparison(row), scores);
}

std::string list_gates(const Result& row) {
  std::string text;
  for (GateVerdict verdict : gates_of(row)) {
    verdict.value = verdict.limit;
    verdict.holds = true;
    const std::string line = describe(verdict);
    text += (text.empty() ? "" : ", ") + line.substr(0, line.find(':'));
  }
  return text;
}

std::string render_group(const Rows& group) {
  Rows rows;
  std::ranges::copy_if(group, std::back_inserter(rows), is_evaluated);
  if (rows.empty()) return {};
  std::ranges::stable_sort(rows, {}, [](const Result* row) { return median_ms_of(*row); });
  const auto fails = [](const Result* row) { return !gates_hold(*row).value_or(true); };
  const auto failed = std::ranges::count_if(rows, fails);
  const Result& any = *rows.front();
  std::string text = fmt::format("{} {}, ", printable(name_of_model(any)), to_string(any.job.work.axes));
  if (gates_hold(any)) {
    text +=
        fmt::format("{} of {} rows pass {}{}\n", static_cast<std::ptrdiff_t>(rows.size()) - failed,
                    rows.size(), list_gates(any), failed < std::ssize(rows) ? ", the fastest first:" : ":");
  } else {
    text += "the fastest first:\n";
  }
  const bool with_padding = paddings_differ(rows);
  const auto describe = [&](const Result& row) {
    return describe_row(row, fastest_fp32(rows, row.device), with_padding);
  };
  std::size_t place = 0;
  for (const Result* row : rows) {
    if (!fails(row)) text += fmt::format("  {}. {}", ++place, describe(*row));
  }
  for (const Result* row : rows) {
    if (!fails(row)) continue;
    text += fmt::format("  fails {}: {}", printable(describe_failed_gates(*row), 500), describe(*row));
  }
  return text;
}

}  // namespace

std::vector<std::string> scores_of(const Result& result) {
  std::vector<std::string> scores;
  const auto add = [&](std::string_view name, const char* key, const char* fp32_key) {
    const auto value = result.metrics.get(key);
    const auto fp32 = result.metrics.get(fp32_key);
    if (value)
      scores.push_back(
          fmt::format("{} {:.4f}{}", name, *value, fp32 ? fmt::format(" (fp32 {:.4f})", *fp32) : ""));
  };
  add("accuracy", "eval_accuracy", "eval_fp32_accuracy");
  add("F1", "eval_f1", "eval_fp32_f1");
  return scores;
}

std::string describe_failed_gates(const Result& result) {
  std::string text;
  for (const GateVerdict& verdict : gates_of(result)) {
    if (!verdict.holds) text += (text.empty() ? "" : "; ") + describe(verdict);
  }
  return text;
}

std::string describe_flips(const Result& result) {
  const auto flips = result.metrics.get("eval_flips");
  const auto share = result.metrics.get("eval_flip_share_high");
  const auto words = result.metrics.get("eval_words");
  const auto cases = words ? words : result.metrics.get("eval_texts");
  if (!flips || !share || !cases) return {};
  return fmt::format("{} of {} predictions (at most {}, with 95 % confidence)", with_commas(*flips),
                     with_commas(*cases), with_commas(std::min(*cases, std::ceil(*share * *cases))));
}

std::string render_evaluation(std::span<const Result> results) {
  std::string text;
  for (const auto& group : group_by_work(results)) text += render_group(group);
  return text;
}

}  // namespace medbench
