#include "data/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"
#include "data/text_content.hpp"

namespace medbench {

namespace {

struct Separators {
  std::string_view extension;
  std::string_view characters;
};
constexpr std::array kSeparators{Separators{".csv", ",;\t|"}, Separators{".tsv", "\t,;|"},
                                 Separators{".tab", "\t,;|"}};

// That of the first line "sep=;", as Excel reads and writes it; 0 where there is none.
char named_separator(std::string_view text) {
  constexpr std::string_view kName = "sep=";
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  return line.starts_with(kName) && line.size() == kName.size() + 1 ? line.back() : '\0';
}

std::vector<std::string> read_header(std::string_view text, char separator, const std::string& origin) {
  std::vector<std::string> header;
  CsvReader(text, separator, origin).next(header);
  return header;
}

// The first of `separators` with which the header row has the column, else that which gives it the most
// fields.
char find_separator(std::string_view text, std::string_view separators, std::string_view column,
                    const std::string& origin) {
  char best = separators.front();
  std::size_t most = 0;
  for (const char separator : separators) {
    std::vector<std::string> header;
    try {
      header = read_header(text, separator, origin);
    } catch (const Error&) {
      continue;  // quotes that make no sense with this one
    }
    if (std::ranges::find(header, column) != header.end()) return separator;
    if (header.size() > most) best = separator;
    most = std::max(most, header.size());
  }
  return best;
}

}  // namespace

std::string_view separators_of(std::string_view extension) {
  const auto* found = std::ranges::find(kSeparators, extension, &Separators::extension);
  return found == kSeparators.end() ? std::string_view() : found->characters;
}

Table::Table(std::string_view text, std::string_view separators, std::string_view column, std::string origin)
    : origin_(std::move(origin)),
      named_(named_separator(text)),
      separator_(named_ != '\0' ? named_ : find_separator(text, separators, column, origin_)),
      reader_(text, separator_, origin_) {
  if (named_ != '\0') reader_.next(header_);
  reader_.next(header_);
}

std::size_t Table::column(std::string_view name) const {
  const auto found = std::ranges::find(header_, name);
  if (found == header_.end())
    throw usage_error("{}: no column \"{}\"; the header row has: {}", origin_, printable(name, 60),
                      list_of(header_));
  if (std::find(found + 1, header_.end(), name) != header_.end())
    throw usage_error("{}: two columns are named \"{}\"", origin_, printable(name, 60));
  return static_cast<std::size_t>(found - header_.begin());
}

bool Table::has_column(std::string_view name) const {
  return std::ranges::find(header_, name) != header_.end();
}

bool Table::next(std::vector<std::string>& fields) {
  if (!reader_.next(fields)) return false;
  if (fields.size() != header_.size())
    throw usage_error(
        "{}: line {}: {} fields, but the header row has {}{}", origin_, reader_.line(), fields.size(),
        header_.size(),
        separator_ == '\t' ? "; in tab-separated text every line is a row, also between quotes" : "");
  return true;
}

}  // namespace medbench
