// The only source of time. Tests put a scripted one in its place.
#pragma once

#include <chrono>

namespace medbench {

class Clock {
 public:
  Clock() = default;
  virtual ~Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  // Monotonic.
  [[nodiscard]] virtual std::chrono::nanoseconds now() = 0;
};

class SteadyClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::nanoseconds now() override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
};

}  // namespace medbench
