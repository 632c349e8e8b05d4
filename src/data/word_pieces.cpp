#include "data/word_pieces.hpp"

#include <algorithm>
#include <bit>

#include "data/unicode.hpp"

namespace medbench {

namespace {

// FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/: the hash of a prefix is on the way to that of the
// whole.
constexpr std::uint64_t kSeed = 0xCBF29CE484222325U;
constexpr std::uint64_t kFactor = 0x100000001B3U;

std::uint64_t extended(std::uint64_t hash, char byte) {
  return (hash ^ static_cast<unsigned char>(byte)) * kFactor;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = kSeed;
  for (const char byte : text) hash = extended(hash, byte);
  return hash;
}

bool ends_character(std::string_view text, std::size_t end) {
  return end == text.size() || (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
}

struct Candidate {
  std::uint64_t hash;
  std::size_t size;  // bytes
};

// The word in UTF-8 and the beginnings of its rest, in buffers that a thread keeps.
struct Buffers {
  std::string word;
  std::vector<Candidate> candidates;
};

Buffers& buffers_of_thread() {
  thread_local Buffers buffers;
  return buffers;
}

// All beginnings that end with a character and are no longer than that.
void find_candidates(std::string_view rest, std::size_t longest, std::vector<Candidate>& candidates) {
  candidates.clear();
  std::uint64_t hash = kSeed;
  for (std::size_t size = 1; size <= std::min(longest, rest.size()); ++size) {
    hash = extended(hash, rest[size - 1]);
    if (ends_character(rest, size)) candidates.push_back({hash, size});
  }
}

}  // namespace

void WordPieces::Table::reserve(std::size_t pieces) {
  slots_.assign(std::bit_ceil(2 * pieces + 2), {});
  mask_ = slots_.size() - 1;
}

void WordPieces::Table::add(std::uint64_t hash, std::string_view piece, std::int64_t id) {
  std::size_t slot = first_slot(hash);
  while (slots_[slot].id >= 0) slot = (slot + 1) & mask_;
  slots_[slot] = {.hash = hash,
                  .start = static_cast<std::uint32_t>(text_.size()),
                  .size = static_cast<std::uint32_t>(piece.size()),
                  .id = id};
  text_ += piece;
  longest_ = std::max(longest_, piece.size());
}

std::int64_t WordPieces::Table::find(std::uint64_t hash, std::string_view piece) const {
  for (std::size_t slot = first_slot(hash); slots_[slot].id >= 0; slot = (slot + 1) & mask_) {
    const Slot& found = slots_[slot];
    if (found.hash == hash && std::string_view(text_).substr(found.start, found.size) == piece)
      return found.id;
  }
  return -1;
}

WordPieces::WordPieces(const Vocabulary& vocabulary, std::string_view continuing_prefix) {
  starts_.reserve(vocabulary.size());
  continuations_.reserve(vocabulary.size());
  vocabulary.for_each([&](std::string_view token, std::int64_t id) {
    starts_.add(hash_of(token), token, id);
    if (!token.starts_with(continuing_prefix)) return;
    const std::string_view rest = token.substr(continuing_prefix.size());
    continuations_.add(hash_of(rest), rest, id);
  });
}

bool WordPieces::append(std::u32string_view word, std::vector<std::int64_t>& ids) const {
  Buffers& buffers = buffers_of_thread();
  buffers.word.clear();
  for (const char32_t character : word) append_utf8(buffers.word, character);
  const std::size_t before = ids.size();
  std::string_view rest = buffers.word;
  while (!rest.empty()) {
    const Table& table = rest.size() == buffers.word.size() ? starts_ : continuations_;
    find_candidates(rest, table.longest(), buffers.candidates);
    std::int64_t id = -1;
    std::size_t size = 0;
    for (auto candidate = buffers.candidates.rbegin(); id < 0 && candidate != buffers.candidates.rend();
         ++candidate) {
      size = candidate->size;
      id = table.find(candidate->hash, rest.substr(0, size));
    }
    if (id < 0) {
      ids.resize(before);
      return false;
    }
    ids.push_back(id);
    rest.remove_prefix(size);
  }
  return true;
}

}  // namespace medbench
