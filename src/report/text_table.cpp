#include "report/text_table.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace medbench {

TextTable::TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

void TextTable::add_row(std::vector<std::string> cells) {
  if (cells.size() > columns_.size()) {
    throw internal_error("a row of {} cells in a table of {} columns", cells.size(), columns_.size());
  }
  cells.resize(columns_.size());
  for (auto& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::render_line(const std::vector<std::string>& cells,
                                   const std::vector<std::size_t>& widths) const {
  std::string line;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string padding(widths[i] - display_width(cells[i]), ' ');
    if (i > 0) line += "  ";
    line += columns_[i].align == Align::Left ? cells[i] + padding : padding + cells[i];
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string TextTable::render() const {
  std::vector<std::string> headers;
  std::vector<std::string> dashes;
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    headers.push_back(columns_[i].header);
    std::size_t width = display_width(headers[i]);
    for (const auto& row : rows_) width = std::max(width, display_width(row[i]));
    widths.push_back(width);
    dashes.emplace_back(width, '-');
  }
  std::string text = render_line(headers, widths) + render_line(dashes, widths);
  for (const auto& row : rows_) text += render_line(row, widths);
  return text;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string format_number(double value) {
  if (!std::isfinite(value)) return "-";
  const double magnitude = std::abs(value);
  if (magnitude == 0) return "0";
  // Thresholds are those at which rounding adds a digit: 9.9996 is "10.00", not "10.000".
  if (magnitude < 0.99995) return fmt::format("{:.4f}", value);
  if (magnitude < 9.9995) return fmt::format("{:.3f}", value);
  if (magnitude < 99.995) return fmt::format("{:.2f}", value);
  if (magnitude < 999.95) return fmt::format("{:.1f}", value);
  return fmt::format("{:.0f}", value);
}

}  // namespace medbench
