// A clock that stands still until somebody moves it.
#pragma once

#include <chrono>
#include <cmath>

#include "base/clock.hpp"

namespace medbench {

class FakeClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::nanoseconds now() override { return now_; }
  void advance(std::chrono::nanoseconds by) { now_ += by; }
  void advance_ms(double by) { now_ += std::chrono::nanoseconds{std::llround(by * 1e6)}; }

 private:
  std::chrono::nanoseconds now_{0};
};

}  // namespace medbench
