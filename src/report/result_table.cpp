#include <algorithm>

#include "base/error.hpp"
#include "report/columns.hpp"
#include "report/report.hpp"

namespace medbench {

std::string render_table(std::span<const Result> results) {
  auto shown = columns_of(&Column::screen, results);
  sort_by_place(shown);
  std::vector<TextColumn> headings;
  headings.reserve(shown.size());
  for (const Column* column : shown) headings.push_back({column->heading, column->align});
  TextTable table(std::move(headings));
  for (const auto& result : results) {
    std::vector<std::string> cells;
    for (const Column* column : shown) {
      const std::string text = cell_text(*column, result);
      cells.push_back(text.empty() ? "-" : text);
    }
    table.add_row(std::move(cells));
  }
  return table.render();
}

std::string render_warnings(std::span<const Result> results) {
  struct Entry {
    Warning first;
    std::size_t rows = 0;
  };
  std::vector<Entry> entries;  // in the order of their first appearance
  for (const auto& result : results) {
    for (const auto& warning : result.warnings) {
      const auto same = [&](const Entry& entry) { return entry.first.kind == warning.kind; };
      const auto it = std::find_if(entries.begin(), entries.end(), same);
      if (it == entries.end()) {
        entries.push_back({warning, 1});
      } else {
        ++it->rows;
      }
    }
  }
  if (entries.empty()) return {};
  std::string text = "Warnings:\n";
  for (const auto& entry : entries) {
    const std::string advice = entry.first.advice.empty() ? "" : " -> " + printable(entry.first.advice);
    text += fmt::format("  {} ({} of {} rows): {}{}\n", printable(entry.first.kind), entry.rows,
                        results.size(), printable(entry.first.text), advice);
  }
  return text;
}

}  // namespace medbench
