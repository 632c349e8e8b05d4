// Rates over batch sizes and over lengths.
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "report/columns.hpp"
#include "report/fastest.hpp"
#include "report/page/charts.hpp"
#include "report/page/html.hpp"
#include "report/page/plot.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

constexpr std::size_t kMostLines = 8;
constexpr std::size_t kMostPanels = 4;
constexpr double kLogFrom = 40;

// Rows of one model that differ in nothing but target, batch size and length.
struct Sweep {
  std::string title;
  std::vector<std::string> targets;  // in the order of their best rates
  std::map<std::string, std::map<std::pair<std::int64_t, std::int64_t>, double>>
      rates;  // by batch and length
  std::string unit;
  std::set<std::int64_t> batches;
  std::set<std::int64_t> lengths;
  std::size_t rows = 0;
};

// The rate that people read, over the median.
const Column* rate_column(std::span<const Result> results) {
  for (const Column& column : columns()) {
    if (column.place == medbench::Place::Rate && is_shown(column.screen, column, results)) return &column;
  }
  return nullptr;
}

std::string title_of(const Result& row) {
  std::string title = name_of_model(row);
  for (const AxisInfo& info : kAxes) {
    const bool is_swept = info.axis == Axis::Batch || info.axis == Axis::Seq;
    if (!is_swept && row.job.work.axes.has(info.axis))
      title += fmt::format(", {} {}", info.heading, row.job.work.axes[info.axis]);
  }
  return row.job.protocol.region == TimedRegion::Host ? title + ", from host to host" : title;
}

std::vector<Sweep> sweeps_of(const PageModel& model, const PageMachine& machine) {
  std::vector<Sweep> sweeps;
  for (const PageGroup& group : machine.groups) {
    for (const Result* row : group.rows) {
      if (row->status != Status::Ok) continue;
      const Column* rate = rate_column({row, 1});
      const Json value = rate == nullptr ? Json() : rate->value(*row);
      if (!value.is_number()) continue;
      const std::string title = title_of(*row);
      auto sweep = std::ranges::find(sweeps, title, &Sweep::title);
      if (sweep == sweeps.end())
        sweep = sweeps.insert(sweep, {.title = title,
                                      .targets = {},
                                      .rates = {},
                                      .unit = rate->heading,
                                      .batches = {},
                                      .lengths = {}});
      const std::int64_t batch = row->job.work.axes[Axis::Batch];
      const std::int64_t length = row->job.work.axes[Axis::Seq];
      sweep->rates[model.name_of(*row)][{batch, length}] = value.get<double>();
      sweep->batches.insert(batch);
      sweep->lengths.insert(length);
      ++sweep->rows;
    }
  }
  std::erase_if(sweeps,
                [](const Sweep& sweep) { return sweep.batches.size() < 2 && sweep.lengths.size() < 2; });
  for (Sweep& sweep : sweeps) {
    std::vector<std::pair<double, std::string>> order;
    for (const auto& [target, rates] : sweep.rates) {
      double most = 0;
      for (const auto& [shape, rate] : rates) most = std::max(most, rate);
      order.emplace_back(-most, target);
    }
    std::ranges::sort(order);
    for (auto& [most, target] : order) sweep.targets.push_back(std::move(target));
  }
  return sweeps;
}

// One of the axes is fixed at a value, the other runs.
std::string panel(const Sweep& sweep, bool runs_batch, std::int64_t fixed) {
  const std::set<std::int64_t>& runs = runs_batch ? sweep.batches : sweep.lengths;
  std::vector<PlotSeries> series;
  std::vector<double> rates;
  for (std::size_t i = 0; i < std::min(sweep.targets.size(), kMostLines); ++i) {
    PlotSeries one{.style = i, .points = {}, .has_line = true};
    const auto& own = sweep.rates.at(sweep.targets[i]);
    for (const std::int64_t at : runs) {
      const auto found = own.find(runs_batch ? std::pair(at, fixed) : std::pair(fixed, at));
      if (found == own.end()) continue;
      rates.push_back(found->second);
      one.points.push_back(
          {.x = static_cast<double>(at),
           .y = found->second,
           .told = fmt::format("{}: {} {} at {} {}", sweep.targets[i], format_number(found->second),
                               sweep.unit, runs_batch ? "batch" : "length", at)});
    }
    if (!one.points.empty()) series.push_back(std::move(one));
  }
  const bool has_line =
      std::ranges::any_of(series, [](const PlotSeries& one) { return one.points.size() > 1; });
  if (!has_line) return {};
  const std::vector<double> ticks(runs.begin(), runs.end());
  const std::string at = fixed == 0 ? "" : fmt::format(", {} {}", runs_batch ? "length" : "batch", fixed);
  return plot({.scale = Scale::logarithmic(ticks.front(), ticks.back()),
               .label = (runs_batch ? "batch size" : "sequence length") + at,
               .ticks = ticks},
              {.scale = Scale::of(rates, kLogFrom), .label = sweep.unit, .ticks = {}}, series);
}

std::string panels(const Sweep& sweep) {
  std::string html;
  std::size_t drawn = 0;
  const auto add = [&](bool runs_batch, const std::set<std::int64_t>& fixed) {
    for (const std::int64_t at : fixed) {
      if (drawn == kMostPanels) return;
      const std::string one = panel(sweep, runs_batch, at);
      if (one.empty()) continue;
      html += one;
      ++drawn;
    }
  };
  add(true, sweep.lengths);
  add(false, sweep.batches);
  return "<div class=panels>" + html + "</div>";
}

std::string table_of(const Sweep& sweep) {
  const bool has_lengths = sweep.lengths != std::set<std::int64_t>{0};
  std::set<std::pair<std::int64_t, std::int64_t>> shapes;
  for (const auto& [target, rates] : sweep.rates) {
    for (const auto& [shape, rate] : rates) shapes.insert(shape);
  }
  std::string html =
      fmt::format("<div class=scroll><table class=legend><thead><tr><th scope=col>{} at batch{}</th>",
                  as_html(sweep.unit), has_lengths ? " × length" : "");
  for (const auto& [batch, length] : shapes)
    html += has_lengths ? fmt::format("<th scope=col class=n>{} × {}</th>", batch, length)
                        : fmt::format("<th scope=col class=n>{}</th>", batch);
  html += "</tr></thead><tbody>\n";
  for (std::size_t i = 0; i < sweep.targets.size(); ++i) {
    const auto& own = sweep.rates.at(sweep.targets[i]);
    html += fmt::format("<tr><th scope=row>{} {}</th>", i < kMostLines ? plot_key(i) : "",
                        as_html(sweep.targets[i]));
    for (const auto& shape : shapes) {
      const auto found = own.find(shape);
      html += cell(found == own.end() ? "–" : format_number(found->second), "n");
    }
    html += "</tr>\n";
  }
  html += "</tbody></table></div>\n";
  if (sweep.targets.size() > kMostLines)
    html += fmt::format("<p class=note>Drawn are the {} with the highest rates.</p>\n", kMostLines);
  return html;
}

}  // namespace

std::string render_sweeps_chart(const PageModel& model) {
  std::string content;
  for (const PageMachine& machine : model.machines()) {
    for (const Sweep& sweep : sweeps_of(model, machine))
      content += folded(model, machine, sweep.title, sweep.rows, panels(sweep) + table_of(sweep));
  }
  if (content.empty()) return content;
  return chart_section("sweep", "Throughput against batch size and length",
                       "Rates over the median latency. The axes of batch sizes and lengths are logarithmic.",
                       content);
}

}  // namespace medbench
