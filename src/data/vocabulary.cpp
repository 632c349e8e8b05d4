#include "data/vocabulary.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "data/unicode.hpp"

namespace medbench {

namespace {

std::string_view trim_end(std::string_view line) {
  const std::u32string characters = decode_utf8(line);
  std::size_t trailing = 0;
  for (auto it = characters.rbegin(); it != characters.rend() && is_whitespace(*it); ++it) {
    std::string encoded;
    append_utf8(encoded, *it);
    trailing += encoded.size();
  }
  return line.substr(0, line.size() - trailing);
}

}  // namespace

void Vocabulary::add(std::string_view token, std::int64_t id, std::string_view origin) {
  if (id < 0 || id > std::numeric_limits<std::int32_t>::max())
    throw usage_error("{}: token \"{}\" has the id {}, which is no token id", origin, printable(token, 60),
                      id);
  ids_.insert_or_assign(std::string(token), id);
  largest_id_ = std::max(largest_id_, id);
}

std::optional<std::int64_t> Vocabulary::find(std::string_view token) const {
  const auto it = ids_.find(token);
  return it == ids_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<std::string> Vocabulary::find_capitalized() const {
  const std::pair<const std::string, std::int64_t>* first = nullptr;
  for (const auto& entry : ids_) {
    if (first != nullptr && first->second < entry.second) continue;
    if (entry.first.starts_with('[') && entry.first.ends_with(']')) continue;
    const std::u32string characters = decode_utf8(entry.first);
    if (lowercase(characters) != characters) first = &entry;
  }
  return first == nullptr ? std::nullopt : std::optional(first->first);
}

Vocabulary Vocabulary::from_lines(std::string_view text, std::string_view origin) {
  Vocabulary vocabulary;
  std::int64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (find_invalid_utf8(line))
      throw usage_error("{}: line {} is not valid UTF-8; this is no vocabulary", origin, number + 1);
    if (const std::string_view token = trim_end(line); !token.empty()) vocabulary.add(token, number, origin);
    ++number;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (vocabulary.size() == 0) throw usage_error("{}: no token in it", origin);
  return vocabulary;
}

}  // namespace medbench
