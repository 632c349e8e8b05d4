#include "data/added_tokens.hpp"

#include <algorithm>
#include <utility>

#include "data/unicode.hpp"

namespace medbench {

void AddedTokens::add(std::u32string content, std::int64_t id, bool single_word) {
  if (content.empty()) return;
  const char32_t start = content.front();
  if (start < ascii_starts_.size()) {
    ascii_starts_.set(start);
  } else {
    has_others_ = true;
  }
  auto& patterns = by_start_[start];
  const auto longer = [&](const Pattern& other) { return other.content.size() < content.size(); };
  const auto place = std::ranges::find_if(patterns, longer);
  patterns.insert(place, {std::move(content), id, single_word});
}

const AddedTokens::Pattern* AddedTokens::find(std::u32string_view text) const {
  const auto patterns = by_start_.find(text.front());
  if (patterns == by_start_.end()) return nullptr;
  const auto found = std::ranges::find_if(
      patterns->second, [&](const Pattern& token) { return text.starts_with(token.content); });
  return found == patterns->second.end() ? nullptr : &*found;
}

bool AddedTokens::is_within_word(std::u32string_view text, std::size_t begin, std::size_t end) {
  return (begin > 0 && is_word_character(text[begin - 1])) ||
         (end < text.size() && is_word_character(text[end]));
}

}  // namespace medbench
