// The summary of many results as CSV and as JSON.
#include "report/columns.hpp"
#include "report/report.hpp"

namespace medbench {

namespace {

// RFC 4180: quoted where it holds a comma, a quote or the end of a line; quotes are doubled.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_cell(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? csv_field(value.get<std::string>()) : dump_line(value);
}

constexpr std::string_view kEndOfRecord = "\r\n";

}  // namespace

std::string render_csv(std::span<const Result> results) {
  const auto shown = columns_of(&Column::summary, results);
  std::string text;
  for (const Column* column : shown) text.append(text.empty() ? "" : ",").append(column->key);
  text += kEndOfRecord;
  for (const auto& result : results) {
    std::string_view separator;
    for (const Column* column : shown) {
      text.append(separator).append(csv_cell(column->value(result)));
      separator = ",";
    }
    text += kEndOfRecord;
  }
  return text;
}

std::string render_summary_json(std::span<const Result> results) {
  const auto shown = columns_of(&Column::summary, results);
  Json rows = Json::array();
  for (const auto& result : results) {
    Json row;
    for (const Column* column : shown) row[column->key] = column->value(result);
    rows.push_back(std::move(row));
  }
  return dump_pretty(rows) + "\n";
}

}  // namespace medbench
