#include "data/tokenizer.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "data/unicode.hpp"

namespace medbench {

BertTokenizer::BertTokenizer(Vocabulary vocabulary, const SpecialIds& special, WordPieceOptions options,
                             const std::vector<AddedToken>& added, std::vector<std::string> notes)
    : vocabulary_(std::move(vocabulary)),
      special_(special),
      options_(std::move(options)),
      notes_(std::move(notes)) {
  for (const AddedToken& token : added) {
    const std::u32string content = decode_utf8(token.content);
    if (token.normalized) {
      add_to_index(added_normalized_,
                   {normalize_for_bert(content, options_.normalization), token.id, token.single_word});
    } else {
      add_to_index(added_raw_, {content, token.id, token.single_word});
    }
  }
}

void BertTokenizer::add_to_index(AddedIndex& index, Pattern pattern) {
  if (pattern.content.empty()) return;
  auto& bucket = index[pattern.content.front()];
  const auto longer = [&](const Pattern& other) { return other.content.size() < pattern.content.size(); };
  const auto place = std::ranges::find_if(bucket, longer);
  bucket.insert(place, std::move(pattern));
}

template <class OnText>
void BertTokenizer::split_at(const AddedIndex& index, std::u32string_view text,
                             std::vector<std::int64_t>& ids, OnText on_text) const {
  const auto is_within_word = [&](std::size_t begin, std::size_t end) {
    return (begin > 0 && is_word_character(text[begin - 1])) ||
           (end < text.size() && is_word_character(text[end]));
  };
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto bucket = index.find(text[i]);
    const auto starts_here = [&](const Pattern& token) { return text.substr(i).starts_with(token.content); };
    if (bucket == index.end() || std::ranges::none_of(bucket->second, starts_here)) {
      ++i;
      continue;
    }
    const Pattern& token = *std::ranges::find_if(bucket->second, starts_here);
    const std::size_t end = i + token.content.size();
    // As in the library, no shorter token is looked for in one that is refused here.
    if (!token.single_word || !is_within_word(i, end)) {
      if (i > start) on_text(text.substr(start, i - start));
      ids.push_back(token.id);
      start = end;
    }
    i = end;
  }
  if (start < text.size()) on_text(text.substr(start));
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
  split_at(added_raw_, decode_utf8(text), ids, [&](std::u32string_view raw) {
    const std::u32string normalized = normalize_for_bert(raw, options_.normalization);
    split_at(added_normalized_, normalized, ids, [&](std::u32string_view part) { append_words(part, ids); });
  });
}

void BertTokenizer::append_words(std::u32string_view normalized, std::vector<std::int64_t>& ids) const {
  for (const std::u32string_view word : split_into_words(normalized)) append_pieces(word, ids);
}

// Greedy: the longest piece of the vocabulary that starts the word, then the longest continuation, and so on.
// A word that cannot be covered is one unknown token.
void BertTokenizer::append_pieces(std::u32string_view word, std::vector<std::int64_t>& ids) const {
  if (word.size() > options_.max_characters_per_word) {
    ids.push_back(special_.unknown);
    return;
  }
  std::string key;
  std::vector<std::size_t> ends;  // of every character in `key`
  const std::size_t first_piece = ids.size();
  for (std::size_t start = 0; start < word.size();) {
    key = start == 0 ? "" : options_.continuing_prefix;
    ends.clear();
    for (const char32_t character : word.substr(start)) {
      append_utf8(key, character);
      ends.push_back(key.size());
    }
    const auto piece = [&](std::size_t characters) {
      return vocabulary_.find(std::string_view(key).substr(0, ends[characters - 1]));
    };
    std::size_t length = ends.size();
    std::optional<std::int64_t> id = piece(length);
    while (!id && length > 1) id = piece(--length);
    if (!id) {
      ids.resize(first_piece);
      ids.push_back(special_.unknown);
      return;
    }
    ids.push_back(*id);
    start += length;
  }
}

void truncate(std::vector<std::int64_t>& ids, std::size_t length) {
  if (length < 2) throw internal_error("a text cannot be truncated to {} tokens", length);
  if (ids.size() <= length) return;
  ids[length - 1] = ids.back();
  ids.resize(length);
}

}  // namespace medbench
