// Accuracy against speed: which rows no other row beats in both.
#include <algorithm>
#include <fmt/format.h>

#include "accuracy/parity_bounds.hpp"
#include "report/columns.hpp"
#include "report/fastest.hpp"
#include "report/page/charts.hpp"
#include "report/page/html.hpp"
#include "report/page/parity_words.hpp"
#include "report/page/plot.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

// An exact answer has no place on an axis of powers of ten: it is drawn here.
constexpr double kLeastDistance = 1e-9;
constexpr double kLogFrom = 25;

struct Spot {
  const Result* row;
  double ms;
  double distance;  // 1 - cosine
  bool holds;
  bool is_on_front = false;
};

std::vector<Spot> places_of(const PageGroup& group) {
  std::vector<Spot> places;
  for (const Result* row : group.rows) {
    const auto cosine = row->metrics.get("acc_cosine");
    const double ms = median_ms_of(*row);
    if (!cosine || !(ms > 0)) continue;
    places.push_back({.row = row,
                      .ms = ms,
                      .distance = std::max(1 - *cosine, kLeastDistance),
                      .holds = parity_holds(*row).value_or(false)});
  }
  // Rows come by latency: one is on the front where all that are faster are further from the reference.
  double nearest = 2;
  for (Spot& place : places) {
    place.is_on_front = place.distance < nearest;
    nearest = std::min(nearest, place.distance);
  }
  return places;
}

std::string draw(const PageModel& model, const std::vector<Spot>& places) {
  std::vector<double> latencies;
  double least = 1;
  double most = kLeastDistance;
  for (const Spot& place : places) {
    latencies.push_back(place.ms);
    least = std::min(least, place.distance);
    most = std::max(most, place.distance);
  }
  std::vector<PlotSeries> series;
  std::vector<PlotPoint> front;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Spot& place = places[i];
    PlotPoint point{
        .x = place.ms,
        .y = place.distance,
        .told = fmt::format("{}: {} ms, 1 - cosine {:.2g}{}", model.name_of(*place.row),
                            format_number(place.ms), place.distance, place.holds ? "" : ", parity fails"),
        .is_hollow = !place.holds};
    if (place.is_on_front) front.push_back(point);
    series.push_back({.style = i % kPlotStyles, .points = {std::move(point)}, .has_line = false});
  }
  constexpr double kRoom = 3;  // so that a single row does not fill the axis
  return plot({.scale = Scale::of(latencies, kLogFrom), .label = "p50 ms", .ticks = {}},
              {.scale = Scale::logarithmic(least / kRoom, most * kRoom),
               .label = "1 - cosine, lower is nearer to the reference",
               .ticks = {}},
              series, front);
}

// Whatever the table of columns shows of the answers: cosine, and metrics of labelled data.
std::vector<const Column*> verdict_columns(const PageGroup& group) {
  std::vector<const Column*> shown;
  for (const Column& column : columns()) {
    if (column.place != Place::Verdict || column.screen != When::Present || column.heading.empty()) continue;
    if (std::ranges::any_of(group.rows, [&](const Result* row) { return !column.value(*row).is_null(); }))
      shown.push_back(&column);
  }
  return shown;
}

std::string render_places(const PageModel& model, const PageGroup& group, const std::vector<Spot>& places) {
  const auto shown = verdict_columns(group);
  std::string html =
      "<div class=scroll><table class=legend><thead><tr><th scope=col>row</th><th scope=col class=n>p50 "
      "ms</th>";
  for (const Column* column : shown)
    html += fmt::format("<th scope=col class=n>{}</th>", as_html(column->heading));
  html += "<th scope=col class=n>from</th><th scope=col>front</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Result& row = *places[i].row;
    const ParityBound* bound = find_parity_bound(row.job.target.precision);
    html += fmt::format("<tr data-r={}><th scope=row>{} {}</th><td class=n>{}</td>", model.index_of(row),
                        plot_key(i % kPlotStyles, !places[i].holds), as_html(model.name_of(row)),
                        format_number(places[i].ms));
    for (const Column* column : shown) html += cell(as_html(cell_text(*column, row)), "n");
    html += cell(bound == nullptr ? "" : fmt::format("{}", bound->least_cosine), "n") +
            cell(places[i].is_on_front ? "yes" : "") + "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

// What was compared, and what keeps the answers of targets whose parity fails.
std::string render_basis(const PageModel& model, const PageMachine& machine,
                         const std::vector<Spot>& places) {
  std::string html;
  if (const std::string basis = parity_basis(*places.front().row); !basis.empty())
    html += fmt::format("<p class=note>Compared on {}.</p>\n", as_html(basis));
  std::vector<const Result*> rows;
  for (const Spot& place : places) rows.push_back(place.row);
  return html + render_remedies(model, machine, rows);
}

}  // namespace

std::string render_accuracy_chart(const PageModel& model) {
  std::string content;
  for (const PageMachine& machine : model.machines()) {
    for (const PageGroup& group : machine.groups) {
      const auto places = places_of(group);
      if (places.size() < 2) continue;
      content += folded(model, machine, group.title, places.size(),
                        "<div class=side>" + draw(model, places) + render_places(model, group, places) +
                            "</div>" + render_basis(model, machine, places));
    }
  }
  if (content.empty()) return content;
  return chart_section("accuracy", "Accuracy against speed",
                       "How far the answers are from those of torch on the CPU in fp32, over the latency. "
                       "Rows on the front, the "
                       "line of steps, are beaten in both by no other. Hollow: parity fails, which is a "
                       "cosine below the bound of "
                       "the precision (<em>from</em>).",
                       content);
}

}  // namespace medbench
