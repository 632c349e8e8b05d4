#include "report/page/page.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "report/page/answer_text.hpp"
#include "report/page/charts.hpp"
#include "report/page/html.hpp"
#include "report/page/page_assets.hpp"
#include "report/page/page_data.hpp"
#include "report/page/policy.hpp"
#include "report/page/trust.hpp"

namespace medbench {

namespace {

std::string days_text(const PageModel& model) {
  constexpr std::size_t kDate = 10;  // "2026-01-31"
  std::set<std::string> days;
  for (const Result& row : model.results()) {
    if (row.started_at.size() >= kDate) days.insert(row.started_at.substr(0, kDate));
  }
  if (days.empty()) return {};
  return days.size() == 1
             ? ", measured on " + as_html(*days.begin())
             : fmt::format(", measured from {} to {}", as_html(*days.begin()), as_html(*days.rbegin()));
}

std::string counts_text(const PageModel& model) {
  const auto results = model.results();
  const auto ok = static_cast<std::size_t>(std::ranges::count(results, Status::Ok, &Result::status));
  std::string text = fmt::format("{} on {}{}", counted(results.size(), "row"),
                                 counted(model.machines().size(), "machine"), days_text(model));
  if (ok < results.size()) text += fmt::format("; <a href=\"#failures\">{} not ok</a>", results.size() - ok);
  const auto warned = static_cast<std::size_t>(
      std::ranges::count_if(results, [](const Result& row) { return !row.warnings.empty(); }));
  if (warned > 0)
    text += fmt::format("; <a href=\"#warnings\">{} with warnings</a>",
                        warned == results.size() && warned > 1 ? "all" : std::to_string(warned));
  if (const std::size_t left = model.input().left_out.size(); left > 0)
    text += fmt::format("; <a href=\"#left-out\">{} left out</a>", counted(left, "file"));
  return text;
}

std::string top(const PageModel& model) {
  std::string html = "<header><p class=brand>medbench</p><h1>Which configuration to deploy</h1><p>" +
                     counts_text(model) + ".</p></header>\n";
  if (model.results().empty())
    return html + "<p class=none>There are no results here, so there is nothing to compare.</p>\n";
  if (model.machines().size() > 1)
    html += "<p class=doubt>Rows of different machines stand apart; each machine has its own answer.</p>\n";
  return html + render_answers(model);
}

}  // namespace

std::string render_page(PageInput input) {
  const PageModel model(std::move(input));
  std::string html = fmt::format("{} {}\">\n", kPageBegin, MEDBENCH_VERSION);
  html += fmt::format("<meta http-equiv=Content-Security-Policy content=\"{}\">\n", content_policy());
  html +=
      "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n<meta name=color-scheme "
      "content=\"light dark\">\n"
      "<title>medbench report</title>\n";
  html += fmt::format("<style>{}</style>\n<body>\n<main>\n", page_style().text);
  html += "<section id=answer>" + top(model) + "</section>\n" + render_between_machines(model);
  const std::string charts = render_charts(model);
  if (!charts.empty()) html += "<section id=pictures><h2>Pictures</h2>\n" + charts + "</section>\n";
  if (!model.results().empty()) html += render_all_rows(model);
  html += "<section id=trust><h2>What to trust</h2>\n";
  if (!model.results().empty()) html += render_page_warnings(model);
  html += render_page_failures(model) + render_page_machines(model) + render_page_libraries(model) +
          render_page_commands(model) + render_left_out(model) + "</section>\n";
  html += fmt::format(
      "<footer><p>medbench {}. Nothing on this page comes from outside it.</p></footer>\n</main>\n",
      MEDBENCH_VERSION);
  html += "<script type=application/json id=results>" + page_data(model) + "</script>\n";
  return html + fmt::format("<script>{}</script>\n</body>\n", page_script().text);
}

}  // namespace medbench
