// BERT's tokenizer: words from a normalised text, cut into the longest pieces that the vocabulary has. Gives
// the ids that the Hugging Face `tokenizers` library gives.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/added_tokens.hpp"
#include "data/tokenizer_text.hpp"
#include "data/vocabulary.hpp"
#include "data/word_pieces.hpp"

namespace medbench {

// A token that is found in the text before it is split, and never split itself. Whether it takes the white
// space beside it along (the library's lstrip and rstrip) makes no difference: that is no token.
struct AddedToken {
  std::string content;
  std::int64_t id = 0;
  bool normalized = false;   // looked for in the normalised text, not in the raw one
  bool single_word = false;  // not within a word
};

struct WordPieceOptions {
  BertNormalization normalization;
  std::string continuing_prefix = "##";
  std::size_t max_characters_per_word = 100;  // a longer word is unknown
};

struct SpecialIds {
  std::int64_t unknown = 0;
  std::int64_t start = 0;      // [CLS]
  std::int64_t separator = 0;  // [SEP]
  std::int64_t padding = 0;
};

class BertTokenizer {
 public:
  BertTokenizer(Vocabulary vocabulary, const SpecialIds& special, WordPieceOptions options,
                const std::vector<AddedToken>& added, std::vector<std::string> notes = {});

  // The text's pieces alone; a word that cannot be covered is one unknown token. Threads may call this and
  // encode() at the same time.
  [[nodiscard]] std::vector<std::int64_t> pieces(std::string_view text) const;
  // [CLS], the text's pieces, [SEP]. Not truncated.
  [[nodiscard]] std::vector<std::int64_t> encode(std::string_view text) const;

  [[nodiscard]] const SpecialIds& special() const { return special_; }
  [[nodiscard]] const WordPieceOptions& options() const { return options_; }
  [[nodiscard]] const Vocabulary& vocabulary() const { return vocabulary_; }
  // What a user should know of how the files were understood.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  void append_text(std::string_view text, std::vector<std::int64_t>& ids) const;
  void append_words(std::u32string_view normalized, std::vector<std::int64_t>& ids) const;

  Vocabulary vocabulary_;
  SpecialIds special_;
  WordPieceOptions options_;
  WordPieces pieces_;
  AddedTokens added_raw_;
  AddedTokens added_normalized_;
  std::vector<std::string> notes_;
};

// Keeps the first length - 1 ids and the last one, the separator. `length` is at least 2.
void truncate(std::vector<std::int64_t>& ids, std::size_t length);

}  // namespace medbench
