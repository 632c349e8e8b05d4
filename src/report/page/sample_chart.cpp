// How the passes of a row are spread, and in which order they came.
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "report/page/charts.hpp"
#include "report/page/html.hpp"
#include "report/page/row_words.hpp"
#include "report/text_table.hpp"
#include "stats/percentile.hpp"

namespace medbench {

namespace {

constexpr std::size_t kBars = 36;         // of a histogram
constexpr std::size_t kMostPoints = 120;  // of the line of passes: more are drawn as bands
// Of the box that pictures are drawn in, in whole units: a page may hold a thousand of them.
constexpr long kWidth = 720;
constexpr long kHeight = 120;

constexpr std::array kMissing{NamedMetric{"latency_ms.p90", "p90"}, NamedMetric{"latency_ms.p99", "p99"}};

// From the fastest pass to nearly the slowest: a few that are far out would flatten the rest.
struct Range {
  double low;
  double high;
  [[nodiscard]] long height_of(double ms) const {
    return std::lround(kHeight * (1 - std::clamp((ms - low) / (high - low), 0.0, 1.0)));
  }
};

Range range_of(const std::vector<double>& ascending) {
  const double middle = percentile(ascending, 0.5);
  constexpr double kFar = 6;  // times from the median to the 90th percentile
  const double far = middle + kFar * (percentile(ascending, 0.9) - middle);
  const double low = ascending.front();
  const double high = std::min(ascending.back(), std::max(far, middle * 1.02));
  return {low, high > low ? high : low * 1.01 + 1e-9};
}

std::string box(std::string_view marks, std::string_view told) {
  return fmt::format(
      "<svg class=box viewBox=\"0 0 {} {}\" preserveAspectRatio=none "
      "aria-hidden=true><title>{}</title>{}</svg>",
      kWidth, kHeight, as_html(told), marks);
}

std::string histogram(const std::vector<double>& ascending, const Range& range) {
  std::vector<std::size_t> counts(kBars, 0);
  for (const double ms : ascending) {
    const double place = (ms - range.low) / (range.high - range.low) * kBars;
    ++counts[std::min(static_cast<std::size_t>(std::max(place, 0.0)), kBars - 1)];
  }
  const auto most = static_cast<double>(*std::ranges::max_element(counts));
  std::string path = fmt::format("M0 {}", kHeight);
  constexpr long kStep = kWidth / static_cast<long>(kBars);
  for (std::size_t i = 0; i < kBars;) {
    const std::size_t begin = i;
    while (i < kBars && counts[i] == counts[begin]) ++i;
    path += fmt::format("V{}h{}", kHeight - std::lround(kHeight * static_cast<double>(counts[begin]) / most),
                        static_cast<long>(i - begin) * kStep);
  }
  const std::size_t beyond =
      static_cast<std::size_t>(ascending.end() - std::ranges::upper_bound(ascending, range.high));
  const std::string told = fmt::format(
      "{} passes from {} to {} ms{}", ascending.size(), format_number(ascending.front()),
      format_number(ascending.back()),
      beyond == 0 ? ""
                  : fmt::format("; the last bar holds {} above {} ms", beyond, format_number(range.high)));
  return box(fmt::format("<path class=\"c1\" d=\"{}V{}Z\"/>", path, kHeight), told);
}

long place_of(double pass, std::size_t passes) {
  return std::lround(kWidth * pass / static_cast<double>(passes));
}

// Each pass, or where there are many the span of each run of neighbours.
std::string line_of(std::span<const Sample> samples, const Range& range) {
  std::string path;
  const std::size_t n = samples.size();
  const auto x_of = [&](std::size_t i) { return place_of(static_cast<double>(i) + 0.5, n); };
  if (n <= kMostPoints) {
    for (std::size_t i = 0; i < n; ++i)
      path += fmt::format("{}{} {}", i == 0 ? 'M' : 'L', x_of(i), range.height_of(samples[i].ms));
    return path;
  }
  for (std::size_t part = 0; part < kMostPoints; ++part) {
    const std::size_t begin = part * n / kMostPoints;
    const std::size_t end = (part + 1) * n / kMostPoints;
    const auto [least, most] =
        std::ranges::minmax_element(samples.subspan(begin, end - begin), {}, &Sample::ms);
    path += fmt::format("{}{} {}V{}", part == 0 ? 'M' : 'L', x_of((begin + end) / 2),
                        range.height_of(least->ms), range.height_of(most->ms));
  }
  return path;
}

// Where another process begins.
std::string borders(std::span<const Sample> samples) {
  std::string marks;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].process == samples[i - 1].process) continue;
    marks += fmt::format("<path class=border d=\"M{} 0V{}\"/>",
                         place_of(static_cast<double>(i), samples.size()), kHeight);
  }
  return marks;
}

std::size_t turns_of(std::span<const Sample> samples) {
  std::size_t turns = 1;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].turn != samples[i - 1].turn || samples[i].process != samples[i - 1].process) ++turns;
  }
  return turns;
}

std::string order(std::span<const Sample> samples, const Range& range) {
  const std::string told = fmt::format(
      "{} passes in order, {} turns of {} processes; from {} (below) to {} ms", samples.size(),
      turns_of(samples), samples.back().process + 1, format_number(range.low), format_number(range.high));
  return box(fmt::format("{}<path class=trace d=\"{}\"/>", borders(samples), line_of(samples, range)), told);
}

std::string pictures(const Result& row, const std::vector<double>& ascending) {
  const Range range = range_of(ascending);
  return fmt::format("<div class=two>{}{}</div>", histogram(ascending, range), order(row.samples, range));
}

std::string metric_text(const Result& row, std::string_view key) {
  const auto value = row.metrics.get(key);
  return value ? format_number(*value) : std::string();
}

}  // namespace

PictureTable sample_table(const PageModel& model, const PageGroup& group) {
  const bool is_drawn = model.results().size() <= kManyRows;
  PictureTable table{.axis = "how often, and in order",
                     .headings = {"min ms", "p50 ms", "p90 ms", "p99 ms", "max ms", "n", "turns"},
                     .rows = {},
                     .note = absence_note(group.rows, kMissing)};
  if (!is_drawn)
    table.note += "<noscript><p class=note>The page's script draws these pictures.</p></noscript>\n";
  for (const Result* row : group.rows) {
    if (row->samples.size() < 2) continue;
    const auto ascending = sorted(latencies_ms(row->samples));
    table.rows.push_back({.row = row,
                          .picture = is_drawn ? pictures(*row, ascending) : std::string(),
                          .cells = {format_number(ascending.front()), metric_text(*row, "latency_ms.p50"),
                                    metric_text(*row, "latency_ms.p90"), metric_text(*row, "latency_ms.p99"),
                                    format_number(ascending.back()), std::to_string(row->samples.size()),
                                    std::to_string(turns_of(row->samples))}});
  }
  return table;
}

}  // namespace medbench
