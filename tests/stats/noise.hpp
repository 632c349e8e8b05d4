// Noise like that of a machine, from a seed. The same on every platform: no distribution of the standard
// library, whose draws differ between libraries.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace medbench {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // In [0, 1). SplitMix64 (Steele, Lea, Flood, 2014).
  double uniform() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }

  // Standard normal, by the method of Box and Muller.
  double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    const double angle = 2 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
  }

 private:
  std::uint64_t state_;
  double spare_ = 0;
  bool has_spare_ = false;
};

// Standard normal values of which neighbours correlate by rho, those k apart by rho^k.
class Autoregressive {
 public:
  Autoregressive(Random& random, double rho) : random_(random), rho_(rho), value_(random.normal()) {}
  double next() {
    value_ = rho_ * value_ + std::sqrt(1 - rho_ * rho_) * random_.normal();
    return value_;
  }

 private:
  Random& random_;
  double rho_;
  double value_;
};

}  // namespace medbench
