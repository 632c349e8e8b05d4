#include "medbench/command_words.hpp"

#include <utility>

#include "base/error.hpp"

namespace medbench {

std::vector<std::string> split_command(std::string_view option, std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool is_word = false;  // "" is a word too
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      is_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      is_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (is_word) words.push_back(std::exchange(word, {}));
      is_word = false;
    } else {
      word += c;
      is_word = true;
    }
  }
  if (quote != 0) throw usage_error("{} {}: a quote does not end", option, printable(text));
  if (is_word) words.push_back(std::move(word));
  if (words.empty()) throw usage_error("{}: it holds no command", option);
  return words;
}

}  // namespace medbench
