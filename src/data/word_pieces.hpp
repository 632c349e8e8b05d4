// Words cut into the pieces of a vocabulary, each the longest that fits: the last step of BERT's tokenizer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/vocabulary.hpp"

namespace medbench {

class WordPieces {
 public:
  // Pieces that continue a word are those of the vocabulary that start with `continuing_prefix`.
  WordPieces(const Vocabulary& vocabulary, std::string_view continuing_prefix);

  // Appends the id of the longest piece that starts the word, then that of the longest continuation, and so
  // on; appends nothing and gives back false where the word cannot be covered. Pieces end where a character
  // does. Threads may call it at the same time.
  bool append(std::u32string_view word, std::vector<std::int64_t>& ids) const;

 private:
  // Open addressing with a power of two of slots, half of them empty.
  class Table {
   public:
    void reserve(std::size_t pieces);
    void add(std::uint64_t hash, std::string_view piece, std::int64_t id);
    // -1: it is not there.
    [[nodiscard]] std::int64_t find(std::uint64_t hash, std::string_view piece) const;
    // Of the longest piece, in bytes.
    [[nodiscard]] std::size_t longest() const { return longest_; }

   private:
    struct Slot {
      std::uint64_t hash = 0;
      std::uint32_t start = 0;  // in text_
      std::uint32_t size = 0;
      std::int64_t id = -1;  // the slot is empty
    };
    [[nodiscard]] std::size_t first_slot(std::uint64_t hash) const { return (hash ^ hash >> 32) & mask_; }

    std::vector<Slot> slots_;
    std::size_t mask_ = 0;
    std::string text_;
    std::size_t longest_ = 0;
  };

  Table starts_;
  Table continuations_;
};

}  // namespace medbench
