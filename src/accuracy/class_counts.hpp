// How well classes were predicted, from counts alone: neither the labels nor the rows stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace medbench {

// Of scikit-learn: precision, recall and F1 are macro averages, the plain means over the classes that occur
// among the labels or the predictions, and a quotient whose divisor is zero counts as 0.
struct ClassificationMetrics {
  double accuracy = 0;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};

class ClassCounts {
 public:
  struct Counts {
    std::uint64_t actual = 0;
    std::uint64_t predicted = 0;
    std::uint64_t correct = 0;
  };

  // So many rows of class `actual` for which `predicted` was said; classes are counted from 0.
  void add(std::size_t actual, std::size_t predicted, std::uint64_t rows = 1);

  // All 0 where no row was added.
  [[nodiscard]] ClassificationMetrics metrics() const;
  // By class, up to the last that was added.
  [[nodiscard]] const std::vector<Counts>& classes() const { return classes_; }
  [[nodiscard]] std::uint64_t rows() const;

 private:
  std::vector<Counts> classes_;
};

}  // namespace medbench
