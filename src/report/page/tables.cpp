#include "report/page/tables.hpp"

#include <fmt/format.h>

#include "report/page/html.hpp"

namespace medbench {

namespace {

std::string render_table(const PageModel& model, const PageGroup& group, const PictureTable& table) {
  std::string html =
      "<table class=pics><thead><tr><th scope=col>row</th><th scope=col class=pic>" + table.axis + "</th>";
  for (const std::string& heading : table.headings) html += fmt::format("<th scope=col>{}</th>", heading);
  html += "</tr></thead><tbody>\n";
  for (const PictureRow& line : table.rows) {
    html += fmt::format("<tr data-r={}>{}<td class=pic>{}</td>", model.index_of(*line.row),
                        model.heading_of(group, *line.row), line.picture);
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      const std::string& text = line.cells[i];
      html += text.empty() ? "<td>–</td>"
                           : fmt::format("<td data-h=\"{}\">{}</td>",
                                         table.headings[i].substr(0, table.headings[i].find('<')), text);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n" + table.note;
}

}  // namespace

std::string picture(std::string_view marks) {
  return fmt::format("<svg class=p aria-hidden=true>{}</svg>", marks);
}

std::string axis(const Scale& scale, std::string_view unit) {
  std::string marks;
  const auto ticks = scale.ticks();
  double last = -100;
  for (const double tick : ticks) {
    const double x = scale.percent(tick);
    constexpr double kRoom = 14;  // percent that a number takes
    if (x - last < kRoom) continue;
    last = x;
    const std::string_view anchor = x < 4 ? "start" : x > 92 ? "end" : "middle";
    marks += fmt::format("<text x=\"{:.1f}%\" y=12 text-anchor={}>{}</text>", x, anchor, tick_text(tick));
  }
  return fmt::format("<svg class=axis aria-hidden=true>{}</svg><span class=unit>{}{}</span>", marks, unit,
                     scale.is_logarithmic() ? ", logarithmic" : "");
}

std::string bar(double from_percent, double to_percent, std::string_view style, std::string_view told) {
  return fmt::format(
      "<rect class=\"{}\" x=\"{:.2f}%\" width=\"{:.2f}%\" y=4 height=14><title>{}</title></rect>", style,
      from_percent, std::max(to_percent - from_percent, 0.0), as_html(told));
}

std::string chart_section(std::string_view id, std::string_view title, std::string_view note,
                          const std::string& content) {
  return fmt::format("<section class=chart id={}><h3>{}</h3><p class=note>{}</p>\n{}</section>\n", id, title,
                     note, content);
}

std::string folded(const PageModel& model, const PageMachine& machine, const std::string& title,
                   std::size_t rows, const std::string& content) {
  const bool is_open = model.results().size() <= kManyRows;
  const std::string where = model.machines().size() > 1
                                ? fmt::format(" <span class=where>on {}</span>", as_html(machine.name))
                                : "";
  return fmt::format("<details{}><summary>{}{} <span class=where>{}</span></summary>\n{}</details>\n",
                     is_open ? " open" : "", as_html(title), where, counted(rows, "row"), content);
}

std::string render_chart(const PageModel& model, const Chart& chart) {
  std::string content;
  for (const PageMachine& machine : model.machines()) {
    for (const PageGroup& group : machine.groups) {
      const PictureTable table = chart.make(model, group);
      if (table.rows.empty()) continue;
      content += folded(model, machine, group.title, table.rows.size(), render_table(model, group, table));
    }
  }
  return content.empty() ? content : chart_section(chart.id, chart.title, chart.note, content);
}

}  // namespace medbench
