// What the readers of texts and of labelled texts have in common: which content is text, its lines, and the
// keys of JSON objects.
#pragma once

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

// The lines of a text that are not blank, without their line ends.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // False at the end.
  bool next(std::string_view& line);
  // Of the line that was read last, from 1.
  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] std::size_t bytes_left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

// Calls on_line(line, number) for each of them.
template <class OnLine>
void for_each_line(std::string_view text, OnLine on_line) {
  Lines lines(text);
  for (std::string_view line; lines.next(line);) on_line(line, lines.number());
}

// `names` as a readable list, cut when there are very many.
std::string list_of(const std::vector<std::string>& names);

// The keys of an object; `where` starts the message. Throws Usage where it is none.
std::vector<std::string> keys_of(const LargeJson& json, const std::string& where);
// Takes the string out of an object. Throws Usage: no object, no such key, no string.
std::string take_string(LargeJson& json, std::string_view key, const std::string& where);

}  // namespace medbench
