#include "report/comparison.hpp"

#include <algorithm>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "job/restarts.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

std::string median_cell(const std::optional<Result>& row) {
  const auto median = row ? row->metrics.get("latency_ms.p50") : std::nullopt;
  return median ? format_number(*median) : "-";
}

std::string processes_cell(const std::optional<Result>& row) {
  return row ? std::to_string(process_medians_ms(row->samples).size()) : "-";
}

std::string ratio_cell(const Comparison& comparison) {
  return comparison.ratio ? fmt::format("{:.3f}", *comparison.ratio) : "-";
}

std::string interval_cell(const Comparison& comparison) {
  if (!comparison.interval) return "-";
  return fmt::format("{:.3f} to {:.3f}", comparison.interval->low, comparison.interval->high);
}

std::string verdict_cell(const ComparedRow& row) {
  return row.problem.empty() ? std::string(to_string(row.comparison.verdict)) : "not compared";
}

const std::vector<TextColumn> kColumns{{"row"},
                                       {"baseline p50 ms", Align::Right},
                                       {"candidate p50 ms", Align::Right},
                                       {"processes", Align::Right},
                                       {"ratio", Align::Right},
                                       {"interval"},
                                       {"the candidate is"}};

std::vector<std::string> cells_of(const ComparedRow& row) {
  return {row.name,
          median_cell(row.baseline),
          median_cell(row.candidate),
          processes_cell(row.baseline) + " : " + processes_cell(row.candidate),
          ratio_cell(row.comparison),
          interval_cell(row.comparison),
          verdict_cell(row)};
}

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : printable(text, 2000)) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

double seconds_of(const ComparedRow& row) {
  double seconds = 0;
  for (const auto* side : {&row.baseline, &row.candidate}) {
    if (!*side) continue;
    for (const Sample& sample : (*side)->samples) seconds += sample.ms / 1e3;
  }
  return seconds;
}

}  // namespace

Comparison to_comparison(const PairComparison& found) {
  return {found.verdict, found.pairs, found.ratio, found.interval, found.detectable};
}

Comparison to_comparison(const ProcessComparison& found) {
  return {found.verdict, std::min(found.candidates, found.baselines), found.ratio, found.interval,
          found.detectable};
}

Gate gate_of(const ComparedRow& row, double max_slowdown) {
  const auto& interval = row.comparison.interval;
  if (!row.problem.empty() || (interval && interval->low > 1 + max_slowdown)) return Gate::Failed;
  return row.comparison.verdict == Verdict::Undecided ? Gate::CannotTell : Gate::Passed;
}

std::string verdict_line(const ComparedRow& row) {
  if (!row.problem.empty()) return fmt::format("{}: not compared: {}", row.name, row.problem);
  const Comparison& found = row.comparison;
  std::string text = row.name + ": ";
  if (found.verdict == Verdict::Undecided) {
    text += "cannot tell";
  } else {
    text += fmt::format("the candidate is {}", to_string(found.verdict));
  }
  if (found.interval) {
    text += fmt::format(": {:.3f} times the baseline's latency, {:.3f} to {:.3f}", found.ratio.value_or(0),
                        found.interval->low, found.interval->high);
    if (found.detectable)
      text += fmt::format("; so many could have shown a difference of {:.1f} %", 100 * *found.detectable);
  }
  if (found.n < kFewestProcesses) {
    text += fmt::format(
        ": {} process{} a side, and processes of one program differ; measure with "
        "--restarts 3 or more, or use medbench ab",
        found.n, found.n == 1 ? "" : "es");
  }
  return text;
}

std::string render_comparison(std::span<const ComparedRow> rows) {
  TextTable table(kColumns);
  for (const ComparedRow& row : rows) table.add_row(cells_of(row));
  std::string text = table.render() + "\n";
  for (const ComparedRow& row : rows) {
    text += verdict_line(row) + "\n";
    for (const std::string& note : row.notes) text += "  " + note + "\n";
  }
  return text;
}

std::string render_comparison_markdown(std::span<const ComparedRow> rows) {
  std::string text = "|";
  std::string rule = "|";
  for (const TextColumn& column : kColumns) {
    text += fmt::format(" {} |", column.header);
    rule += column.align == Align::Right ? " ---: |" : " --- |";
  }
  text += "\n" + rule + "\n";
  for (const ComparedRow& row : rows) text += fmt::format("| {} |\n", fmt::join(cells_of(row), " | "));
  text += "\n";
  for (const ComparedRow& row : rows) {
    text += "- " + verdict_line(row) + "\n";
    for (const std::string& note : row.notes) text += "  - " + note + "\n";
  }
  return text;
}

Json to_json(const ComparedRow& row) {
  Json json{{"row", row.name}};
  const auto side = [](const std::optional<Result>& result) -> Json {
    if (!result) return nullptr;
    return {{"status", to_string(result->status)},
            {"median_ms", to_json(result->metrics, "latency_ms.p50")},
            {"n", result->samples.size()},
            {"process_medians_ms", process_medians_ms(result->samples)}};
  };
  json["baseline"] = side(row.baseline);
  json["candidate"] = side(row.candidate);
  const Comparison& found = row.comparison;
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
  json["ratio"] = number(found.ratio);
  json["ratio_ci95_low"] = found.interval ? Json(found.interval->low) : Json();
  json["ratio_ci95_high"] = found.interval ? Json(found.interval->high) : Json();
  json["detectable"] = number(found.detectable);
  json["pairs_or_processes"] = found.n;
  json["verdict"] = row.problem.empty() ? Json(to_string(found.verdict)) : Json();
  if (!row.problem.empty()) json["problem"] = row.problem;
  json["notes"] = row.notes;
  return json;
}

std::string render_junit(std::span<const ComparedRow> rows, double max_slowdown) {
  const auto count = [&](Gate gate) {
    return std::ranges::count(rows, gate, [&](const ComparedRow& row) { return gate_of(row, max_slowdown); });
  };
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format("<testsuite name=\"medbench\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
                      rows.size(), count(Gate::Failed), count(Gate::CannotTell));
  for (const ComparedRow& row : rows) {
    text += fmt::format("  <testcase classname=\"medbench\" name=\"{}\" time=\"{:.3f}\">\n",
                        escape_xml(row.name), seconds_of(row));
    const std::string line = escape_xml(verdict_line(row));
    const Gate gate = gate_of(row, max_slowdown);
    if (gate == Gate::Failed) text += fmt::format("    <failure message=\"{}\"/>\n", line);
    if (gate == Gate::CannotTell) text += fmt::format("    <skipped message=\"{}\"/>\n", line);
    text += "    <system-out>" + line;
    for (const std::string& note : row.notes) text += "\n" + escape_xml(note);
    text += "</system-out>\n  </testcase>\n";
  }
  return text + "</testsuite>\n";
}

}  // namespace medbench
