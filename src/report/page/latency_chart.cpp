#include <array>
#include <fmt/format.h>

#include "job/restarts.hpp"
#include "report/fastest.hpp"
#include "report/page/charts.hpp"
#include "report/page/html.hpp"
#include "report/page/row_words.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

// Medians further apart than that are drawn in powers of ten.
constexpr double kLogFrom = 25;

constexpr std::array kMissing{NamedMetric{"latency_ms.ci95_low", "95 %"}};

std::string draw(const Result& row, const Scale& scale, const std::vector<double>& processes) {
  const double median = median_ms_of(row);
  const double at = scale.percent(median);
  const std::string interval = interval_text(row);
  const std::string told =
      fmt::format("median {} ms{}{}", format_number(median),
                  interval.empty() ? "" : ", 95 % interval " + interval + " ms",
                  processes.size() > 1 ? fmt::format(", {} processes", processes.size()) : "");
  std::string marks = bar(0, at, scale.is_logarithmic() ? "c1 faint" : "c1 soft", told);
  const auto low = row.metrics.get("latency_ms.ci95_low");
  const auto high = row.metrics.get("latency_ms.ci95_high");
  if (low && high) {
    marks += fmt::format("<line class=whisker x1=\"{:.2f}%\" x2=\"{:.2f}%\" y1=11 y2=11 />",
                         scale.percent(*low), scale.percent(*high));
  }
  marks += fmt::format("<line class=median x1=\"{0:.2f}%\" x2=\"{0:.2f}%\" y1=2 y2=20 />", at);
  for (std::size_t i = 0; i < processes.size(); ++i) {
    marks += fmt::format(
        "<circle class=dot cx=\"{:.2f}%\" cy=11 r=3><title>process {} of {}: median {} ms</title></circle>",
        scale.percent(processes[i]), i + 1, processes.size(), format_number(processes[i]));
  }
  return picture(marks);
}

}  // namespace

PictureTable latency_table(const PageModel& /*model*/, const PageGroup& group) {
  std::vector<double> values;
  for (const Result* row : group.rows) {
    values.push_back(median_ms_of(*row));
    if (!(median_ms_of(*row) > 0)) continue;
    const auto processes = process_medians_ms(row->samples);
    values.insert(values.end(), processes.begin(), processes.end());
  }
  const Scale scale = Scale::of(values, kLogFrom);
  PictureTable table{.axis = axis(scale, "ms"),
                     .headings = {"p50 ms", "95 % ms", "times the best", "medians ms"},
                     .rows = {},
                     .note = absence_note(group.rows, kMissing)};
  const double best = group.answer.best == nullptr ? 0 : median_ms_of(*group.answer.best);
  for (const Result* row : group.rows) {
    const double median = median_ms_of(*row);
    if (!(median > 0)) continue;
    const auto processes = process_medians_ms(row->samples);
    const std::string parts = parts_text(*row);
    table.rows.push_back({.row = row,
                          .picture = draw(*row, scale, processes),
                          .cells = {format_number(median), interval_text(*row),
                                    best > 0 ? fmt::format("{:.2f}", median / best) : "",
                                    parts.empty() ? "1 process" : parts}});
  }
  return table;
}

}  // namespace medbench
