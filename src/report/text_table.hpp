// A plain text table: a header, rows of cells, columns padded to their widest cell. It knows nothing of
// results.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace medbench {

enum class Align { Left, Right };

struct TextColumn {
  std::string header;
  Align align = Align::Left;
};

class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns);

  // A missing cell is empty; a cell too many throws Internal. Control characters are escaped, so that a row
  // stays one line.
  void add_row(std::vector<std::string> cells);
  // Header, a line of dashes and the rows; no spaces at the ends of lines; every line ends with a newline.
  [[nodiscard]] std::string render() const;

 private:
  [[nodiscard]] std::string render_line(const std::vector<std::string>& cells,
                                        const std::vector<std::size_t>& widths) const;

  std::vector<TextColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Code points of valid UTF-8: the width of a text whose characters are all one column wide.
std::size_t display_width(std::string_view text);

// Four significant digits or a whole number, never an exponent: "0.1234", "12.35", "185.4", "1283", "0". A
// value that is not finite is "-".
std::string format_number(double value);

}  // namespace medbench
