#include "accuracy/calibration_error.hpp"

#include <algorithm>
#include <cmath>

namespace medbench {

void CalibrationError::add(double confidence, bool correct) {
  const double place = std::ceil(confidence * static_cast<double>(kBins)) - 1;
  Bin& bin = bins_[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(kBins - 1)))];
  bin.confidence += confidence;
  bin.correct += correct ? 1U : 0U;
  ++bin.cases;
}

double CalibrationError::value() const {
  double sum = 0;
  std::uint64_t cases = 0;
  for (const Bin& bin : bins_) {
    sum += std::abs(bin.confidence - static_cast<double>(bin.correct));
    cases += bin.cases;
  }
  return cases == 0 ? 0 : sum / static_cast<double>(cases);
}

}  // namespace medbench
