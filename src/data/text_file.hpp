// Files of texts: one text a line, CSV and TSV with a header row, or one JSON object a line, told apart by
// their extension.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

// The texts in file order, without blank ones. `column` names the column of .csv and .tsv files or the key of
// .jsonl files and must be empty for every other file. A byte order mark is skipped. Throws Usage: missing, a
// folder, empty, no text in it, binary, not UTF-8, a column that is missing or not given, bad syntax; with
// the line where there is one.
std::vector<std::string> read_texts(const std::filesystem::path& path, std::string_view column);

}  // namespace medbench
