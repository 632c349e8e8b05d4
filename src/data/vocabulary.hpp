// A vocabulary: the numbers of token texts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace medbench {

class Vocabulary {
 public:
  // Reads one token a line, numbered from 0; whitespace at the end of a line is not part of it, and an empty
  // line takes a number that no token has. A token that is there twice has the number of its last line, as in
  // transformers. `origin` starts the messages. Throws Usage: not UTF-8, no token.
  static Vocabulary from_lines(std::string_view text, std::string_view origin);

  // A token that is there already gets the new id. Throws Usage when the id is out of [0, 2^31).
  void add(std::string_view token, std::int64_t id, std::string_view origin);

  [[nodiscard]] std::optional<std::int64_t> find(std::string_view token) const;
  // Calls on_token(text, id) for each, in no order.
  template <class OnToken>
  void for_each(OnToken on_token) const {
    for (const auto& [token, id] : ids_) on_token(std::string_view(token), id);
  }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  // One that differs from its lower case and is no name in brackets, such as [CLS]; the first by id.
  [[nodiscard]] std::optional<std::string> find_capitalized() const;
  [[nodiscard]] std::int64_t largest_id() const { return largest_id_; }  // -1 when empty

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> ids_;
  std::int64_t largest_id_ = -1;
};

}  // namespace medbench
