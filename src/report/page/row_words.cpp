#include "report/page/row_words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "job/restarts.hpp"
#include "report/page/html.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

struct Parts {
  std::string_view plural;
  std::vector<double> medians_ms;
};

Parts parts_of(const Result& row) {
  auto processes = process_medians_ms(row.samples);
  if (processes.size() != 1) return {.plural = "processes", .medians_ms = std::move(processes)};
  auto turns = turn_levels(row.samples).front();
  for (double& turn : turns) turn *= processes.front();
  return {.plural = "turns", .medians_ms = std::move(turns)};
}

}  // namespace

std::string interval_text(const Result& row) {
  const auto low = row.metrics.get("latency_ms.ci95_low");
  const auto high = row.metrics.get("latency_ms.ci95_high");
  return low && high ? fmt::format("{} to {}", format_number(*low), format_number(*high)) : std::string();
}

std::string why_absent(const Result& row, std::string_view metric) {
  const auto found = row.metrics.all().find(metric);
  return found == row.metrics.all().end() || found->second.value ? std::string() : found->second.reason;
}

std::string parts_text(const Result& row) {
  const Parts parts = parts_of(row);
  const std::size_t count = parts.medians_ms.size();
  if (count < 2) return {};
  const auto [least, most] = std::ranges::minmax(parts.medians_ms);
  return fmt::format("{} {} {} in {} {}", format_number(least), count == 2 ? "and" : "to",
                     format_number(most), count, parts.plural);
}

std::string absence_note(std::span<const Result* const> rows, std::span<const NamedMetric> metrics) {
  std::string text;
  for (const NamedMetric& metric : metrics) {
    std::vector<std::string> reasons;
    for (const Result* row : rows) {
      std::string reason = why_absent(*row, metric.key);
      if (!reason.empty() && std::ranges::find(reasons, reason) == reasons.end())
        reasons.push_back(std::move(reason));
    }
    for (const std::string& reason : reasons)
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", metric.heading, as_html(reason));
  }
  return text.empty() ? text : fmt::format("<p class=note>Where a number is missing: {}.</p>\n", text);
}

}  // namespace medbench
