// The tables of a page that have a line for every row.
#include <algorithm>
#include <fmt/format.h>

#include "job/restarts.hpp"
#include "report/columns.hpp"
#include "report/page/html.hpp"
#include "report/page/trust.hpp"

namespace medbench {

namespace {

std::size_t processes_of(const Result& row) {
  return row.samples.empty() ? 0 : process_medians_ms(row.samples).size();
}

// "3 passes": of nouns that end in s.
std::string many(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "es");
}

std::string effort(const Result& row) {
  return fmt::format("{} of {}{}{}", many(row.samples.size(), "pass"), many(processes_of(row), "process"),
                     row.stop_rule.empty() ? "" : ", ended by ", as_html(row.stop_rule));
}

// On a narrow screen: what names a row, what is shown of it, and what lies behind a tap.
std::string_view narrow_class(const Column& column) {
  switch (column.place) {
    case Place::Model:
    case Place::Backend:
    case Place::Target:
      return "name";
    case Place::Shape:
    case Place::Median:
    case Place::Rate:
      return "main";
    default:
      return column.heading == "status" || column.heading == "parity" ? "main" : "";
  }
}

std::string heading_of(const Column& column) {
  std::string classes(narrow_class(column));
  if (column.align == Align::Right) classes += classes.empty() ? "n" : " n";
  return fmt::format("<th scope=col{}>{}</th>",
                     classes.empty() ? classes : fmt::format(" class=\"{}\"", classes),
                     as_html(column.heading));
}

}  // namespace

std::string render_all_rows(const PageModel& model) {
  auto shown = columns_of(&Column::screen, model.results());
  sort_by_place(shown);
  std::string html = "<section id=rows><h2>All rows</h2>\n<div class=scroll><table class=sort><thead><tr>";
  if (model.machines().size() > 1) html += "<th scope=col class=name>machine</th>";
  for (const Column* column : shown) html += heading_of(*column);
  html += "<th scope=col>measured (UTC)</th></tr></thead><tbody>\n";
  for (const PageMachine& machine : model.machines()) {
    for (const Result& row : machine.results) {
      html += fmt::format("<tr data-r={}>", model.index_of(row));
      if (model.machines().size() > 1) html += cell(as_html(machine.name));
      for (const Column* column : shown)
        html += cell(as_html(cell_text(*column, row)), column->align == Align::Right ? "n" : "");
      html += cell(as_html(row.started_at)) + "</tr>\n";
    }
  }
  return html + "</tbody></table></div></section>\n";
}

std::string render_page_commands(const PageModel& model) {
  std::string html;
  for (const PageMachine& machine : model.machines()) {
    for (const Result& row : machine.results) {
      const RowOrigin& origin = model.origin_of(row);
      html += fmt::format(
          "<tr data-r={}><th scope=row>{}<br><small>{}</small></th><td>{}<br><small>{}; inputs {}; weights "
          "{}; seed {}</small></td>"
          "<td><code class=command>{}</code><small class=path>{}</small></td></tr>\n",
          model.index_of(row), as_html(model.name_of(row)), as_html(title_of_work(row)), effort(row),
          as_html(row.started_at), as_html(row.inputs_source), as_html(row.weights_source), row.job.work.seed,
          lines_as_html(origin.command), as_html(origin.file));
    }
  }
  if (html.empty()) return html;
  return "<section id=commands><h3>How each row was measured</h3>\n<p class=note>The command measures the "
         "row again, on its "
         "machine; the file holds every sample.</p>\n<div class=scroll><table><thead><tr><th "
         "scope=col>row</th>"
         "<th scope=col>effort</th><th scope=col>command and file</th></tr></thead><tbody>\n" +
         html + "</tbody></table></div></section>\n";
}

std::string render_left_out(const PageModel& model) {
  const PageInput& input = model.input();
  std::string html;
  if (input.superseded > 0) {
    html += fmt::format(
        "<p>{} of a configuration that was measured again on the same machine: the newest that is whole is "
        "on the page.</p>\n",
        counted(input.superseded, "result"));
  }
  if (input.old_schema > 0) {
    html += fmt::format(
        "<p>{} of schema 1, from earlier versions, which say less: what is not known is not shown.</p>\n",
        counted(input.old_schema, "result"));
  }
  std::string list;
  for (const LeftOut& left : input.left_out)
    list +=
        fmt::format("<li><span class=path>{}</span>: {}</li>\n", as_html(left.file), as_html(left.reason));
  if (!list.empty())
    html += fmt::format("<p>{} left out:</p><ul>{}</ul>\n", counted(input.left_out.size(), "file"), list);
  return html.empty() ? html : "<section id=left-out><h3>Not on this page</h3>\n" + html + "</section>\n";
}

}  // namespace medbench
