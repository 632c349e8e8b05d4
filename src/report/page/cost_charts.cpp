// What a row costs beside its latency: memory, start, share of the peak, energy.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>

#include "report/page/charts.hpp"
#include "report/page/html.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

constexpr double kHalf = 0.5;

struct Series {
  std::string_view metric;
  std::string_view noun;
  std::string_view style;  // a colour and a pattern of the style sheet
};

constexpr std::array kMemory{Series{"memory_usage_mb.cpu_rss_peak_mb", "peak RSS", "c1"},
                             Series{"memory_usage_mb.gpu_reserved_peak_mb", "device reserved", "c2"}};
constexpr std::array kStart{Series{"load_ms", "load", "c1"},           Series{"probe_ms", "probe", "c8"},
                            Series{"calibrate_ms", "calibrate", "c7"}, Series{"compile_ms", "compile", "c2"},
                            Series{"upload_ms", "upload", "c5"},       Series{"tune_ms", "tune", "c4"},
                            Series{"first_run_ms", "first pass", "c3"}};
constexpr Series kRest{"startup_ms", "process, libraries", "c6"};
constexpr std::array kPeak{Series{"mfu", "of the peak FLOP/s", "c1"},
                           Series{"mbu", "of the peak GB/s", "c2"}};
constexpr std::array kEnergy{Series{"gpu_energy_mj_per_iteration", "card", "c2"},
                             Series{"cpu_energy_mj_per_iteration", "processors", "c1"}};

// The series that some row has.
std::vector<Series> present(std::span<const Series> all, const PageGroup& group) {
  std::vector<Series> found;
  for (const Series& series : all) {
    if (std::ranges::any_of(group.rows,
                            [&](const Result* row) { return row->metrics.get(series.metric).has_value(); }))
      found.push_back(series);
  }
  return found;
}

std::string swatch(const Series& series, std::string_view unit) {
  return fmt::format("{}{}{} <svg class=key aria-hidden=true><rect class={} width=10 height=10 /></svg>",
                     series.noun, unit.empty() ? "" : " ", unit, series.style);
}

std::string told(const Series& series, double value, std::string_view unit) {
  return fmt::format("{}: {} {}", series.noun, format_number(value), unit);
}

double value_of(const Result& row, const Series& series) {
  return row.metrics.get(series.metric).value_or(0);
}

// Thin bars below one another on one scale.
std::string beside(const Result& row, std::span<const Series> shown, const Scale& scale,
                   std::string_view unit, double factor) {
  constexpr double kTall = 18;
  const double height = kTall / static_cast<double>(shown.size());
  std::string marks;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto value = row.metrics.get(shown[i].metric);
    if (!value) continue;
    marks += fmt::format("<rect class={} width=\"{:.2f}%\" y={:.1f} height={:.1f}><title>{}</title></rect>",
                         shown[i].style, scale.percent(*value * factor), 2 + height * static_cast<double>(i),
                         height - kHalf, as_html(told(shown[i], *value * factor, unit)));
  }
  return picture(marks);
}

PictureTable table_of(const PageGroup& group, std::span<const Series> all, std::string_view unit,
                      double factor = 1, double largest = 0) {
  const auto shown = present(all, group);
  if (shown.empty()) return {};
  for (const Result* row : group.rows) {
    for (const Series& series : shown) largest = std::max(largest, value_of(*row, series) * factor);
  }
  const Scale scale = Scale::from_zero(largest);
  PictureTable table{.axis = axis(scale, unit), .headings = {}, .rows = {}};
  for (const Series& series : shown) table.headings.push_back(swatch(series, unit));
  for (const Result* row : group.rows) {
    PictureRow line{.row = row, .picture = beside(*row, shown, scale, unit, factor), .cells = {}};
    bool has_any = false;
    for (const Series& series : shown) {
      const auto value = row->metrics.get(series.metric);
      has_any = has_any || value;
      line.cells.push_back(value ? format_number(*value * factor) : "");
    }
    if (has_any) table.rows.push_back(std::move(line));
  }
  return table;
}

// Of the time from the start of the process to the first pass what no step has: the process and its
// libraries.
double rest_of(const Result& row, std::span<const Series> shown) {
  double steps = 0;
  for (const Series& series : shown) steps += &series == &shown.back() ? 0 : value_of(row, series);
  return std::max(row.metrics.get("startup_ms").value_or(0) - steps, 0.0);
}

double sum_of(const Result& row, std::span<const Series> shown) {
  return std::accumulate(shown.begin(), shown.end(), rest_of(row, shown),
                         [&](double sum, const Series& series) { return sum + value_of(row, series); });
}

// One bar from part to part.
std::string stacked(const Result& row, std::span<const Series> shown, const Scale& scale) {
  std::string marks;
  double begin = 0;
  const auto add = [&](const Series& series, double value) {
    if (!(value > 0)) return;
    marks += bar(scale.percent(begin), scale.percent(begin + value), series.style, told(series, value, "ms"));
    begin += value;
  };
  add(kRest, rest_of(row, shown));
  for (const Series& series : shown) add(series, value_of(row, series));
  return picture(marks);
}

}  // namespace

PictureTable memory_table(const PageModel& /*model*/, const PageGroup& group) {
  return table_of(group, kMemory, "MiB");
}

PictureTable peak_table(const PageModel& /*model*/, const PageGroup& group) {
  constexpr double kPercent = 100;
  return table_of(group, kPeak, "%", kPercent, kPercent / 1.04);
}

PictureTable energy_table(const PageModel& /*model*/, const PageGroup& group) {
  return table_of(group, kEnergy, "mJ a pass");
}

PictureTable start_table(const PageModel& /*model*/, const PageGroup& group) {
  const auto shown = present(kStart, group);
  if (shown.empty() || shown.back().metric != kStart.back().metric) return {};
  double largest = 0;
  for (const Result* row : group.rows) largest = std::max(largest, sum_of(*row, shown));
  const Scale scale = Scale::from_zero(largest);
  PictureTable table{.axis = axis(scale, "ms"), .headings = {swatch(kRest, "ms")}, .rows = {}};
  for (const Series& series : shown) table.headings.push_back(swatch(series, "ms"));
  table.headings.emplace_back("to first answer ms");
  for (const Result* row : group.rows) {
    const double sum = sum_of(*row, shown);
    if (!(sum > 0)) continue;
    PictureRow line{.row = row, .picture = stacked(*row, shown, scale), .cells = {}};
    const bool knows_start = row->metrics.get("startup_ms").has_value();
    line.cells.push_back(knows_start ? format_number(rest_of(*row, shown)) : "");
    for (const Series& series : shown) {
      const auto value = row->metrics.get(series.metric);
      line.cells.push_back(value ? format_number(*value) : "");
    }
    line.cells.push_back(knows_start ? format_number(sum) : "");
    table.rows.push_back(std::move(line));
  }
  return table;
}

}  // namespace medbench
