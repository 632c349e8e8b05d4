// What tokenizer_config.json, special_tokens_map.json and added_tokens.json say about a BERT tokenizer.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "data/tokenizer.hpp"

namespace medbench {

// In the order of the special tokens: unknown, separator, padding, start, mask.
enum class SpecialToken { Unknown, Separator, Padding, Start, Mask };
inline constexpr std::size_t kSpecialTokens = 5;

struct TokenizerConfig {
  std::optional<bool> lowercase;
  std::optional<bool> strip_accents;
  std::optional<bool> handle_chinese_chars;
  std::array<std::string, kSpecialTokens> names;  // BERT's where no file says otherwise
  // In the order of their ids, which are not the final ones: added_tokens_decoder, else added_tokens.json;
  // then those that have no id there, "additional_special_tokens".
  std::vector<AddedToken> added;

  [[nodiscard]] const std::string& name(SpecialToken token) const {
    return names.at(static_cast<std::size_t>(token));
  }
};

// A row of tokenizer.json's added_tokens, which has its id in it, or of added_tokens_decoder, where the id is
// the `key`. `normalized` is for a row that does not say. Throws Usage for a row that is none.
AddedToken read_added_token(const Json& row, std::optional<std::string_view> key, bool normalized,
                            const std::string& where);

// All files may be absent. Throws Usage when one is broken.
TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder);

}  // namespace medbench
