#include "report/page/trust.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "base/error.hpp"
#include "report/page/html.hpp"
#include "report/parity_advice.hpp"

namespace medbench {

namespace {

// The rows of a thing that is said of several, those to deploy first.
std::string rows_text(const PageModel& model, std::vector<const Result*> rows) {
  constexpr std::size_t kMost = 8;
  std::stable_partition(rows.begin(), rows.end(),
                        [&](const Result* row) { return model.is_to_deploy(*row); });
  std::string text;
  for (std::size_t i = 0; i < std::min(rows.size(), kMost); ++i) {
    text += fmt::format("{}{}: {}{}", i == 0 ? "" : "; ", as_html(title_of_work(*rows[i])),
                        as_html(model.name_of(*rows[i])),
                        model.is_to_deploy(*rows[i]) ? " <span class=best>deploy</span>" : "");
  }
  return rows.size() > kMost ? text + fmt::format("; and {} more", rows.size() - kMost) : text;
}

std::string section(std::string_view id, std::string_view title, const std::string& content) {
  return content.empty() ? content
                         : fmt::format("<section id={}><h3>{}</h3>\n{}</section>\n", id, title, content);
}

struct Said {
  Warning first;
  std::vector<const Result*> rows;
};

// In the order of their first appearance.
void say(std::vector<Said>& all, const Warning& warning, const Result& row, bool by_kind) {
  const auto same = std::ranges::find_if(all, [&](const Said& said) {
    return by_kind ? said.first.kind == warning.kind : said.first.text == warning.text;
  });
  if (same == all.end()) {
    all.push_back({warning, {&row}});
  } else if (same->rows.back() != &row) {
    same->rows.push_back(&row);
  }
}

std::string failure_text(const Result& row) {
  std::string text = fmt::format("<b>{}</b>", to_string(row.status));
  if (!row.failure) return text;
  text += fmt::format(" in {}: {}", to_string(row.failure->stage), as_html(row.failure->message));
  if (row.failure->stderr_tail.empty()) return text;
  return text + fmt::format("<details><summary>last words of the worker</summary><pre>{}</pre></details>",
                            lines_as_html(row.failure->stderr_tail));
}

std::string as_list(const std::string& lines) {
  std::string html;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    html += fmt::format("<li>{}</li>", as_html(std::string_view(lines).substr(begin, end - begin)));
    begin = end + 1;
  }
  return html;
}

}  // namespace

std::string render_page_warnings(const PageModel& model) {
  std::vector<Said> warnings;
  std::vector<Said> notes;
  for (const Result& row : model.results()) {
    for (const Warning& warning : row.warnings) say(warnings, warning, row, true);
    for (const std::string& note : row.notes)
      say(notes, {.kind = {}, .text = note, .advice = {}}, row, false);
  }
  std::string html;
  if (!warnings.empty()) {
    html +=
        "<div class=scroll><table><thead><tr><th scope=col>warning</th><th scope=col class=n>rows</th><th "
        "scope=col>such as</th>"
        "<th scope=col>what to do</th><th scope=col>where</th></tr></thead><tbody>\n";
    for (const Said& said : warnings) {
      html +=
          fmt::format("<tr><th scope=row>{}</th><td class=n>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                      as_html(said.first.kind), said.rows.size(), as_html(said.first.text),
                      as_html(said.first.advice), rows_text(model, said.rows));
    }
    html += "</tbody></table></div>\n";
  } else {
    html += "<p>No row has a warning.</p>\n";
  }
  std::string list;
  for (const Said& said : notes)
    list += fmt::format("<li>{} <span class=where>{}</span></li>\n", as_html(said.first.text),
                        counted(said.rows.size(), "row"));
  if (!list.empty()) html += "<h4>Notes</h4><ul>" + list + "</ul>\n";
  return section("warnings", "Warnings", html);
}

std::string render_page_failures(const PageModel& model) {
  std::string rows;
  for (const Result& row : model.results()) {
    if (row.status == Status::Ok) continue;
    rows +=
        fmt::format("<tr data-r={}><th scope=row>{}</th><td>{}</td><td>{}</td></tr>\n", model.index_of(row),
                    as_html(model.name_of(row)), as_html(title_of_work(row)), failure_text(row));
  }
  std::string html;
  if (!rows.empty()) {
    html =
        "<div class=scroll><table><thead><tr><th scope=col>row</th><th scope=col>work</th><th scope=col>what "
        "happened</th>"
        "</tr></thead><tbody>\n" +
        rows + "</tbody></table></div>\n";
  }
  std::string advice;
  for (const PageMachine& machine : model.machines())
    advice += as_list(render_parity_advice(machine.results));
  if (!advice.empty()) html += "<h4 id=parity>Parity fails</h4><ul>" + advice + "</ul>\n";
  return section("failures", "Not ok", html);
}

std::string render_page_machines(const PageModel& model) {
  std::vector<std::string> keys;  // in the order of their first appearance
  for (const PageMachine& machine : model.machines()) {
    for (const auto& [key, value] : machine.results.front().machine.items()) {
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
  }
  std::string html = "<div class=scroll><table><thead><tr><th scope=col></th>";
  for (const PageMachine& machine : model.machines())
    html += fmt::format("<th scope=col>{}</th>", as_html(machine.name));
  html += "</tr></thead><tbody>\n";
  for (const std::string& key : keys) {
    html += fmt::format("<tr><th scope=row>{}</th>", as_html(key));
    for (const PageMachine& machine : model.machines()) {
      const Json& profile = machine.results.front().machine;
      const auto value = profile.find(key);
      if (value == profile.end() || value->is_null()) {
        html += "<td>–</td>";
      } else {
        html += cell(as_html(value->is_string() ? value->get<std::string>() : dump_line(*value)));
      }
    }
    html += "</tr>\n";
  }
  return model.machines().empty() ? "" : section("machines", "Machines", html + "</tbody></table></div>\n");
}

std::string render_page_libraries(const PageModel& model) {
  struct Key {
    std::string name, version, library, machine;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the default for a comparison with 0
    auto operator<=>(const Key&) const = default;
  };
  std::map<Key, std::size_t> libraries;
  for (const PageMachine& machine : model.machines()) {
    for (const Result& row : machine.results) {
      if (!row.runtime.name.empty())
        ++libraries[{row.runtime.name, row.runtime.version, row.runtime.library, machine.name}];
    }
  }
  std::string html;
  for (const auto& [key, rows] : libraries) {
    html += fmt::format(
        "<tr><th scope=row>{}</th><td>{}</td><td class=path>{}</td><td>{}</td><td class=n>{}</td></tr>\n",
        as_html(key.name), as_html(key.version), as_html(key.library), as_html(key.machine), rows);
  }
  if (html.empty()) return html;
  return section("libraries", "Runtimes",
                 "<div class=scroll><table><thead><tr><th scope=col>runtime</th><th "
                 "scope=col>version</th><th scope=col>library</th>"
                 "<th scope=col>machine</th><th scope=col class=n>rows</th></tr></thead><tbody>\n" +
                     html + "</tbody></table></div>\n");
}

}  // namespace medbench
