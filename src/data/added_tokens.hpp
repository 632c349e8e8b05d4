// Tokens that are found in a text before it is split into words, and never split themselves.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace medbench {

class AddedTokens {
 public:
  // Nothing where the content is empty. A single word is not found within a longer one.
  void add(std::u32string content, std::int64_t id, bool single_word);

  // Calls `on_text` for each part between these tokens and appends the ids of the tokens.
  template <class OnText>
  void split(std::u32string_view text, std::vector<std::int64_t>& ids, OnText on_text) const {
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size();) {
      const Pattern* token = may_start(text[i]) ? find(text.substr(i)) : nullptr;
      if (token == nullptr) {
        ++i;
        continue;
      }
      const std::size_t end = i + token->content.size();
      // As in the library, no shorter token is looked for in one that is refused here.
      if (!token->single_word || !is_within_word(text, i, end)) {
        if (i > start) on_text(text.substr(start, i - start));
        ids.push_back(token->id);
        start = end;
      }
      i = end;
    }
    if (start < text.size()) on_text(text.substr(start));
  }

 private:
  struct Pattern {
    std::u32string content;
    std::int64_t id;
    bool single_word;
  };

  [[nodiscard]] bool may_start(char32_t character) const {
    return character < ascii_starts_.size() ? ascii_starts_[character] : has_others_;
  }
  // The longest that the text starts with; null where there is none.
  [[nodiscard]] const Pattern* find(std::u32string_view text) const;
  static bool is_within_word(std::u32string_view text, std::size_t begin, std::size_t end);

  std::unordered_map<char32_t, std::vector<Pattern>> by_start_;  // longest first
  std::bitset<128> ascii_starts_;
  bool has_others_ = false;  // one that starts with another character
};

}  // namespace medbench
