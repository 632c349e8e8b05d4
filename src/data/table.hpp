// A table of text with a header row, read row by row.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv.hpp"

namespace medbench {

// Those that a table with this extension may have, in the order in which they are tried; empty where the
// extension is not that of a table.
std::string_view separators_of(std::string_view extension);
// Of a table whose extension says nothing.
inline constexpr std::string_view kOtherSeparators = "\t,;|";

class Table {
 public:
  // Reads the header. The separator is the first of these with which it has `column`, else that which gives
  // it the most fields, or that of a first line "sep=;". The text must stay; `origin` starts the messages.
  // Throws Usage.
  Table(std::string_view text, std::string_view separators, std::string_view column, std::string origin);

  // Throws Usage where no column or several have this name.
  [[nodiscard]] std::size_t column(std::string_view name) const;
  [[nodiscard]] bool has_column(std::string_view name) const;

  // As many fields as the header has; false at the end. Throws Usage with the line.
  bool next(std::vector<std::string>& fields);
  // Where the row that was read last starts, from 1.
  [[nodiscard]] std::size_t line() const { return reader_.line(); }
  [[nodiscard]] std::size_t bytes_left() const { return reader_.bytes_left(); }

 private:
  std::string origin_;
  char named_;  // by the first line; 0 where there is none
  char separator_;
  CsvReader reader_;
  std::vector<std::string> header_;
};

}  // namespace medbench
