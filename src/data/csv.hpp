// Comma-separated values after RFC 4180, whatever the separator is: quoted fields may hold separators, line
// ends and doubled quotes. Between tabs a quote is a character like others, unless a field is quoted whole,
// which then holds neither tab nor line end. Line ends may be CRLF, LF or CR; lines without any field are
// skipped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

class CsvReader {
 public:
  // Reads from `text`, which must stay; `origin` starts the messages.
  CsvReader(std::string_view text, char separator, std::string origin);

  // Reads the next row into `fields`; false at the end. Throws Usage with the line number: a quote that is
  // never closed, or text between a closing quote and the separator.
  bool next(std::vector<std::string>& fields);

  // Where the row that was read last starts, from 1.
  [[nodiscard]] std::size_t line() const { return row_line_; }
  [[nodiscard]] std::size_t bytes_left() const { return rest_.size(); }

 private:
  std::string read_field();
  std::string read_plain();
  void read_quoted(std::string& field);
  [[nodiscard]] bool at_line_end() const;
  void skip_line_end();

  std::string_view rest_;
  char separator_;
  std::string origin_;
  std::size_t line_ = 1;
  std::size_t row_line_ = 0;
};

}  // namespace medbench
