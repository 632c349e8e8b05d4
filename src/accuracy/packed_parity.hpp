// Texts without padding beside a reference that padded them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.hpp"

namespace medbench {

// Where the texts of a batch begin and end among its tokens.
class TextPlaces {
 public:
  // `offsets` I64 [texts+1], ascending from 0. Throws Internal for others.
  explicit TextPlaces(const TensorView& offsets);

  // Whether a tensor [tokens] and one [texts, seq] of the same type have the same numbers for each text, the
  // longest of which is as long as that.
  [[nodiscard]] bool hold_the_same(const TensorView& packed, const TensorView& padded) const;
  // [tokens, ...] as [texts, seq, ...], with zeros behind shorter texts. Throws Usage where the tokens are
  // others or a text is longer than that.
  [[nodiscard]] HostTensor pad(const TensorView& packed, std::int64_t seq) const;
  // I64 [texts, seq]: 1 where a text has a token.
  [[nodiscard]] HostTensor mask(std::int64_t seq) const;

 private:
  [[nodiscard]] std::int64_t texts() const { return static_cast<std::int64_t>(offsets_.size()) - 1; }
  [[nodiscard]] std::int64_t longest() const;

  std::vector<std::int64_t> offsets_;
};

}  // namespace medbench
