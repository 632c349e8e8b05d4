// Numbers that a line of Python makes, too, so that other libraries can be asked about the same cases:
// x = (x * 1103515245 + 12345) % 2**31, of which each number is x >> 8.
#pragma once

#include <cstdint>

namespace medbench::testing {

class SequenceOfNumbers {
 public:
  explicit SequenceOfNumbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ = (state_ * 1103515245 + 12345) % (std::uint64_t{1} << 31U);
    return state_ >> 8U;
  }

 private:
  std::uint64_t state_;
};

}  // namespace medbench::testing
