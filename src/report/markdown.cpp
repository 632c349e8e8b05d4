// The summary for people, as Markdown.
#include <algorithm>
#include <map>
#include <set>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "report/columns.hpp"
#include "report/evaluation.hpp"
#include "report/fastest.hpp"
#include "report/int8_advice.hpp"
#include "report/parity_advice.hpp"
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

// A table of cells that are escaped; the first line is the headings.
std::string render_cells(const std::vector<std::vector<std::string>>& lines,
                         const std::vector<Align>& aligns) {
  std::vector<std::string> rules;
  for (const Align align : aligns) rules.emplace_back(align == Align::Right ? "---:" : "---");
  std::string text = line_of(lines.front()) + line_of(rules);
  for (std::size_t i = 1; i < lines.size(); ++i) text += line_of(lines[i]);
  return text;
}

// What describes all rows alike is said once, above the table.
std::string render_rows(std::span<const Result> results) {
  if (results.empty()) return "No rows.\n";
  std::string caption;
  std::vector<const Column*> shown;
  for (const auto& column : columns()) {
    if (!is_shown(column.markdown, column, results) && column.markdown != When::Differs) continue;
    if (is_shown(When::Present, column, results)) shown.push_back(&column);
  }
  sort_by_place(shown);
  std::erase_if(shown, [&](const Column* column) {
    const bool is_common =
        column->markdown == When::Differs && results.size() > 1 && !is_shown(When::Differs, *column, results);
    if (is_common) {
      caption += fmt::format("{} {} {}", caption.empty() ? "All rows:" : ",", column->heading,
                             escape(cell_text(*column, results.front())));
    }
    return is_common;
  });
  std::vector<Align> aligns;
  std::vector<std::vector<std::string>> lines(results.size() + 1);
  for (const Column* column : shown) {
    aligns.push_back(column->align);
    lines[0].push_back(column->heading);
    for (std::size_t i = 0; i < results.size(); ++i)
      lines[i + 1].push_back(escape(cell_text(*column, results[i])));
  }
  return (caption.empty() ? "" : caption + ".\n\n") + render_cells(lines, aligns);
}

// Of one model and target: medians, a line a batch size and a column a length. Empty where there are not two
// of each.
std::string render_sweep(const std::vector<const Result*>& rows) {
  std::map<std::int64_t, std::map<std::int64_t, double>> medians;  // by batch and length
  std::set<std::int64_t> lengths;
  for (const Result* row : rows) {
    const auto median = row->metrics.get("latency_ms.p50");
    const Axes& axes = row->job.work.axes;
    if (!median || row->status != Status::Ok) continue;
    medians[axes[Axis::Batch]][axes[Axis::Seq]] = *median;
    lengths.insert(axes[Axis::Seq]);
  }
  if (medians.size() < 2 || lengths.size() < 2) return {};
  std::vector<std::vector<std::string>> lines{{"batch \\ seq"}};
  for (const std::int64_t length : lengths) lines[0].push_back(std::to_string(length));
  for (const auto& [batch, of_lengths] : medians) {
    auto& cells = lines.emplace_back(1, std::to_string(batch));
    for (const std::int64_t length : lengths) {
      const auto found = of_lengths.find(length);
      cells.push_back(found == of_lengths.end() ? "" : format_number(found->second));
    }
  }
  return render_cells(lines, std::vector<Align>(lengths.size() + 1, Align::Right));
}

bool paddings_differ(std::span<const Result> results) {
  std::vector<const Result*> rows;
  for (const Result& row : results) rows.push_back(&row);
  return medbench::paddings_differ(rows);
}

std::string render_sweeps(std::span<const Result> results) {
  const bool with_padding = paddings_differ(results);
  std::vector<std::pair<std::string, std::vector<const Result*>>> targets;  // in the order of appearance
  for (const Result& row : results) {
    const std::string name =
        fmt::format("{} {} {} {}{}", name_of_model(row), row.job.target.backend, row.device,
                    asked_and_ran_precision(row), with_padding ? padding_suffix(row.job.work) : "");
    auto target =
        std::ranges::find(targets, name, &std::pair<std::string, std::vector<const Result*>>::first);
    if (target == targets.end()) target = targets.insert(target, {name, {}});
    target->second.push_back(&row);
  }
  std::string text;
  for (const auto& [name, rows] : targets) {
    const std::string table = render_sweep(rows);
    if (!table.empty()) text += fmt::format("{}{}:\n\n{}", text.empty() ? "" : "\n", escape(name), table);
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
  const bool with_padding = paddings_differ(results);
  std::string text;
  for (const auto& result : results) {
    if (!result.failure) continue;
    text += fmt::format(
        "- {} {} {} {}{}, {}: {} ({}): {}\n", escape(name_of_model(result)),
        escape(result.job.target.backend), escape(result.device), escape(precision_label(result.job.target)),
        with_padding ? padding_suffix(result.job.work) : "", to_string(result.job.work.axes),
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
  std::string text = "# Results\n\n" + render_rows(results);
  const auto add = [&](std::string_view title, const std::string& part) {
    if (!part.empty()) text += fmt::format("\n## {}\n\n{}", title, part);
  };
  add("p50 ms by batch and length", render_sweeps(results));
  add("Fastest", as_list(render_fastest(results)));
  add("Evaluation", as_list(render_evaluation(results)));
  add("Int8", as_list(render_int8_advice(results)));
  add("Parity", as_list(render_parity_advice(results)));
  add("Not ok", render_failures(results));
  if (has_accuracy(results)) add("Parity holds from", render_bounds());
  const std::string warnings = render_warnings(results);
  if (!warnings.empty()) add("Warnings", as_list(warnings.substr(warnings.find('\n') + 1)));
  return text;
}

}  // namespace medbench
