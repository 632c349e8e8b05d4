#include "data/tokenizer.hpp"

#include <utility>

#include "base/error.hpp"
#include "data/unicode.hpp"

namespace medbench {

BertTokenizer::BertTokenizer(Vocabulary vocabulary, const SpecialIds& special, WordPieceOptions options,
                             const std::vector<AddedToken>& added, std::vector<std::string> notes)
    : vocabulary_(std::move(vocabulary)),
      special_(special),
      options_(std::move(options)),
      pieces_(vocabulary_, options_.continuing_prefix),
      notes_(std::move(notes)) {
  for (const AddedToken& token : added) {
    const std::u32string content = decode_utf8(token.content);
    if (token.normalized) {
      added_normalized_.add(normalize_for_bert(content, options_.normalization), token.id, token.single_word);
    } else {
      added_raw_.add(content, token.id, token.single_word);
    }
  }
}

std::vector<std::int64_t> BertTokenizer::pieces(std::string_view text) const {
  std::vector<std::int64_t> ids;
  append_text(text, ids);
  return ids;
}

std::vector<std::int64_t> BertTokenizer::encode(std::string_view text) const {
  std::vector<std::int64_t> ids = {special_.start};
  append_text(text, ids);
  ids.push_back(special_.separator);
  return ids;
}

void BertTokenizer::append_text(std::string_view text, std::vector<std::int64_t>& ids) const {
  added_raw_.split(decode_utf8(text), ids, [&](std::u32string_view raw) {
    const std::u32string normalized = normalize_for_bert(raw, options_.normalization);
    added_normalized_.split(normalized, ids, [&](std::u32string_view part) { append_words(part, ids); });
  });
}

void BertTokenizer::append_words(std::u32string_view normalized, std::vector<std::int64_t>& ids) const {
  for_each_word(normalized, [&](std::u32string_view word) {
    if (word.size() > options_.max_characters_per_word || !pieces_.append(word, ids))
      ids.push_back(special_.unknown);
  });
}

void truncate(std::vector<std::int64_t>& ids, std::size_t length) {
  if (length < 2) throw internal_error("a text cannot be truncated to {} tokens", length);
  if (ids.size() <= length) return;
  ids[length - 1] = ids.back();
  ids.resize(length);
}

}  // namespace medbench
