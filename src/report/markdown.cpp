// The summary for people, as Markdown.
#include <algorithm>
#include <array>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "report/fastest.hpp"
#include "report/report.hpp"
#include "report/summary_columns.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

// The guide's first.
constexpr std::array<std::string_view, 22> kColumns{"model_type",
                                                    "batch_size",
                                                    "seq_length",
                                                    "precision",
                                                    "device",
                                                    "avg_latency_ms",
                                                    "tokens_per_second",
                                                    "memory_usage_mb.cpu_rss_peak_mb",
                                                    "acc_mse",
                                                    "acc_cosine",
                                                    "acc_top1_match",
                                                    "acc_kl",
                                                    "acc_error",
                                                    "status",
                                                    "backend",
                                                    "effective_precision",
                                                    "parity",
                                                    "latency_ms.p50",
                                                    "latency_ms.ci95_low",
                                                    "latency_ms.ci95_high",
                                                    "latency_ms.n",
                                                    "compile_ms"};

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

// Accuracy has its figures far behind the point.
std::string number_cell(std::string_view column, double value) {
  if (column.starts_with("acc_")) {
    return column == "acc_cosine" || column == "acc_top1_match" ? fmt::format("{:.7f}", value)
                                                                : fmt::format("{:.3e}", value);
  }
  const MetricInfo* info = find_metric(column);
  return info != nullptr && info->unit.empty() ? fmt::format("{:.0f}", value) : format_number(value);
}

std::string cell(std::string_view column, const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return escape(value.get<std::string>());
  if (value.is_number_float()) return number_cell(column, value.get<double>());
  return dump_line(value);
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const auto& text : cells) line += text.empty() ? " |" : " " + text + " |";
  return line + "\n";
}

bool is_number_column(std::string_view column) {
  return find_metric(column) != nullptr ||
         std::any_of(kAxes.begin(), kAxes.end(), [&](const AxisInfo& row) { return row.json_key == column; });
}

std::string render_rows(std::span<const Result> results) {
  std::vector<std::string> names;
  std::vector<std::string> rules;
  for (const auto column : kColumns) {
    names.emplace_back(column);
    rules.emplace_back(is_number_column(column) ? "---:" : "---");
  }
  std::string text = line_of(names) + line_of(rules);
  for (const auto& result : results) {
    std::vector<std::string> cells;
    cells.reserve(kColumns.size());
    for (const auto column : kColumns) cells.push_back(cell(column, summary_column(column).value(result)));
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
        "- {} {} {} {}, {}: {} ({}): {}\n", escape(result.model_type), escape(result.job.target.backend),
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
