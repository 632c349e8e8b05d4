// What the readers of texts and of labelled texts have in common: which content is text, its lines, and the
// keys of JSON objects.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/large_json.hpp"

namespace medbench {

bool is_blank(std::string_view text);

// The text without a byte order mark. Throws Usage: empty, of another format, a NUL byte, not UTF-8; with the
// line. `origin` starts the messages.
std::string_view checked_text(std::string_view text, const std::string& origin);

std::string lower_extension(const std::filesystem::path& path);
// By the extension, and where that is not one of a table by the first line.
bool holds_json_lines(std::string_view extension, std::string_view text);

// Calls on_line(line, number) for every line that is not blank, without its line end.
template <class OnLine>
void for_each_line(std::string_view text, OnLine on_line) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_blank(line)) on_line(line, number);
  }
}

// `names` as a readable list, cut when there are very many.
std::string list_of(const std::vector<std::string>& names);

// The keys of an object; `where` starts the message. Throws Usage where it is none.
std::vector<std::string> keys_of(const LargeJson& json, const std::string& where);
// Takes the string out of an object. Throws Usage: no object, no such key, no string.
std::string take_string(LargeJson& json, std::string_view key, const std::string& where);

}  // namespace medbench
