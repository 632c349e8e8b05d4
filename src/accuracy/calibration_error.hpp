// Whether a classifier is right as often as it is sure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace medbench {

// Expected calibration error (Guo et al. 2017) over 15 bins of equal width: the confidence of the class that
// was said, in (0, 1/15], (1/15, 2/15] and so on, and in each bin the distance between its mean and the share
// that was right, weighted by the bin's cases.
class CalibrationError {
 public:
  static constexpr std::size_t kBins = 15;

  void add(double confidence, bool correct);
  // 0 where nothing was added.
  [[nodiscard]] double value() const;

 private:
  struct Bin {
    double confidence = 0;
    std::uint64_t correct = 0;
    std::uint64_t cases = 0;
  };
  std::array<Bin, kBins> bins_{};
};

}  // namespace medbench
