#include "data/csv.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace medbench {

namespace {

// The text of a field that is quoted whole, each of its doubled quotes being one; every other field as it is.
std::string without_quotes(std::string field) {
  if (field.size() < 2 || !field.starts_with('"') || !field.ends_with('"')) return field;
  std::string inner;
  for (std::size_t i = 1; i + 1 < field.size(); ++i) {
    inner += field[i];
    if (field[i] != '"') continue;
    ++i;
    if (i + 1 >= field.size() || field[i] != '"') return field;
  }
  return inner;
}

}  // namespace

CsvReader::CsvReader(std::string_view text, char separator, std::string origin)
    : rest_(text), separator_(separator), origin_(std::move(origin)) {}

bool CsvReader::at_line_end() const {
  return rest_.empty() || rest_.front() == '\n' || rest_.front() == '\r';
}

void CsvReader::skip_line_end() {
  if (rest_.empty()) return;
  rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
  ++line_;
}

void CsvReader::read_quoted(std::string& field) {
  const std::size_t opened = line_;
  rest_.remove_prefix(1);
  while (true) {
    const std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos)
      throw usage_error("{}: line {}: the quote that opens here is never closed", origin_, opened);
    const std::string_view part = rest_.substr(0, quote);
    field += part;
    line_ += static_cast<std::size_t>(std::ranges::count(part, '\n'));
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) return;
    field += '"';  // doubled: one quote of the text
    rest_.remove_prefix(1);
  }
}

std::string CsvReader::read_plain() {
  const char stops[] = {separator_, '\r', '\n'};
  const std::size_t end = std::min(rest_.find_first_of(std::string_view(stops, 3)), rest_.size());
  std::string field(rest_.substr(0, end));
  rest_.remove_prefix(end);
  return field;
}

std::string CsvReader::read_field() {
  if (separator_ == '\t') return without_quotes(read_plain());
  if (rest_.starts_with('"')) {
    std::string field;
    read_quoted(field);
    if (!at_line_end() && rest_.front() != separator_)
      throw usage_error(
          "{}: line {}: text after a closing quote; a quote inside a quoted field is written twice", origin_,
          line_);
    return field;
  }
  return read_plain();
}

bool CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  while (!rest_.empty() && at_line_end()) skip_line_end();
  if (rest_.empty()) return false;
  row_line_ = line_;
  fields.push_back(read_field());
  while (!at_line_end()) {
    rest_.remove_prefix(1);  // the separator
    fields.push_back(read_field());
  }
  skip_line_end();
  return true;
}

}  // namespace medbench
