// Files of texts: one text a line, a table with a header row (CSV, TSV), or JSON, one object a line or an
// array of objects; packed by gzip or not; told apart by their extension and, where that says nothing, by
// their content.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

// The texts in file order, without blank ones. `column` names the column of a table or the key of JSON
// objects; without one every line is a text. A table's separator is the one with which its header row has the
// column, or that of a first line "sep=;". A byte order mark is skipped. Throws Usage: missing, a folder,
// empty, no text in it, not text, not UTF-8, a column that is missing or not given, bad syntax; with the line
// where there is one.
std::vector<std::string> read_texts(const std::filesystem::path& path, std::string_view column);

// XXH3 with 128 bits of a file's bytes, as `xxhsum -H2` prints it. Throws Usage when it cannot be read.
std::string text_file_hash(const std::filesystem::path& path);
std::string text_hash(std::string_view content);

}  // namespace medbench
