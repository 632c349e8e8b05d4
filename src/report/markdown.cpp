// The summary for people, as Markdown.
#include <algorithm>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "report/columns.hpp"
#include "report/fastest.hpp"
#include "report/report.hpp"

namespace medbench {

namespace {

// Safe inside a table, and not taken for markup.
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : printable(text, 500)) {
    if (c == '<') {
      escaped += "&lt;";
      continue;
    }
    if (c == '|' || c == '*' || c == '`' || c == '[' || c == ']') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const auto& text : cells) line += text.empty() ? " |" : " " + text + " |";
  return line + "\n";
}

// What describes all rows alike is said once, above the table.
std::string render_rows(std::span<const Result> results) {
  if (results.empty()) return "No rows.\n";
  std::string caption;
  std::vector<const Column*> shown;
  std::vector<std::string> names;
  std::vector<std::string> rules;
  for (const auto& column : columns()) {
    if (column.markdown == When::Never || !is_shown(When::Present, column, results)) continue;
    if (column.markdown == When::Differs && results.size() > 1 && !is_shown(When::Differs, column, results)) {
      caption += fmt::format("{} {} {}", caption.empty() ? "All rows:" : ",", column.key,
                             escape(cell_text(column, results.front())));
      continue;
    }
    shown.push_back(&column);
    names.push_back(column.key);
    rules.emplace_back(column.align == Align::Right ? "---:" : "---");
  }
  std::string text = (caption.empty() ? "" : caption + ".\n\n") + line_of(names) + line_of(rules);
  for (const auto& result : results) {
    std::vector<std::string> cells;
    cells.reserve(shown.size());
    for (const Column* column : shown) cells.push_back(escape(cell_text(*column, result)));
    text += line_of(cells);
  }
  return text;
}

std::string as_list(const std::string& lines) {
  std::string text;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    std::string_view line = std::string_view(lines).substr(begin, end - begin);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    text += "- " + escape(line) + "\n";
    begin = end + 1;
  }
  return text;
}

std::string render_failures(std::span<const Result> results) {
  std::string text;
  for (const auto& result : results) {
    if (!result.failure) continue;
    text += fmt::format(
        "- {} {} {} {}, {}: {} ({}): {}\n", escape(name_of_model(result)), escape(result.job.target.backend),
        escape(result.device), escape(result.job.target.precision), to_string(result.job.work.axes),
        to_string(result.status), to_string(result.failure->stage), escape(result.failure->message));
  }
  return text;
}

std::string render_bounds() {
  std::string text = "| precision | least acc_cosine |\n| --- | ---: |\n";
  for (const auto& bound : parity_bounds())
    text += fmt::format("| {} | {} |\n", bound.precision, bound.least_cosine);
  return text;
}

bool has_accuracy(std::span<const Result> results) {
  return std::any_of(results.begin(), results.end(),
                     [](const Result& row) { return row.metrics.get("acc_cosine").has_value(); });
}

}  // namespace

std::string render_markdown(std::span<const Result> results) {
  std::string text = "# Hardware matrix\n\n" + render_rows(results);
  const auto add = [&](std::string_view title, const std::string& part) {
    if (!part.empty()) text += fmt::format("\n## {}\n\n{}", title, part);
  };
  add("Fastest", as_list(render_fastest(results)));
  add("Not ok", render_failures(results));
  if (has_accuracy(results)) add("Parity holds from", render_bounds());
  const std::string warnings = render_warnings(results);
  if (!warnings.empty()) add("Warnings", as_list(warnings.substr(warnings.find('\n') + 1)));
  return text;
}

}  // namespace medbench
