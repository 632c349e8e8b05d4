// A seeded generator of integers that gives the same numbers on every machine. Not for secrets.
#pragma once

#include <cstdint>

namespace medbench {

// SplitMix64: a counter and a mixing function. Source: Steele, Lea, Flood, "Fast splittable pseudorandom
// number generators", OOPSLA 2014; constants of the public-domain version at
// https://prng.di.unimi.it/splitmix64.c
class SplitMix64 {
 public:
  explicit constexpr SplitMix64(std::uint64_t seed) : state_(seed) {}

  // Uniform over all 64-bit integers.
  constexpr std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  // Uniform in [0, n), without modulo bias: draws below 2^64 mod n are thrown away. n = 0 gives 0.
  constexpr std::uint64_t uniform_below(std::uint64_t n) {
    if (n == 0) {
      return 0;
    }
    const std::uint64_t skip = (0 - n) % n;  // 2^64 mod n
    std::uint64_t draw = next();
    while (draw < skip) {
      draw = next();
    }
    return draw % n;
  }

 private:
  std::uint64_t state_;
};

}  // namespace medbench
