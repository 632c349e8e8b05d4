// Labelled texts for classification: a table with the columns text, label and split (others are allowed, such
// as source), or JSON, one object with these keys a line, packed by gzip or not. The file is mapped and read
// row by row, so that it may be larger than the memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace medbench {

struct LabelledRow {
  std::string text;
  std::string label;  // empty: it has none, or only blanks
  std::string split;
  std::size_t number = 0;  // from 1, the header not counted
  std::size_t line = 0;    // where it begins, from 1
};

// Calls on_row for each row in file order. Throws Usage: missing, no regular file, empty, not text, not
// UTF-8, broken gzip, a missing column or key, bad syntax; with the line where there is one; and what on_row
// throws.
void read_labelled_rows(const std::filesystem::path& path,
                        const std::function<void(const LabelledRow&)>& on_row);

}  // namespace medbench
