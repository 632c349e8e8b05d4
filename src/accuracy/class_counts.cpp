#include "accuracy/class_counts.hpp"

#include <algorithm>

namespace medbench {

namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void ClassCounts::add(std::size_t actual, std::size_t predicted, std::uint64_t rows) {
  classes_.resize(std::max({classes_.size(), actual + 1, predicted + 1}));
  classes_[actual].actual += rows;
  classes_[predicted].predicted += rows;
  if (actual == predicted) classes_[actual].correct += rows;
}

std::uint64_t ClassCounts::rows() const {
  std::uint64_t rows = 0;
  for (const Counts& one : classes_) rows += one.actual;
  return rows;
}

ClassificationMetrics ClassCounts::metrics() const {
  ClassificationMetrics sums;
  std::uint64_t correct = 0;
  std::size_t present = 0;
  for (const Counts& one : classes_) {
    if (one.actual + one.predicted == 0) continue;
    ++present;
    correct += one.correct;
    sums.precision += ratio(one.correct, one.predicted);
    sums.recall += ratio(one.correct, one.actual);
    sums.f1 += ratio(2 * one.correct, one.actual + one.predicted);
  }
  if (present == 0) return {};
  const auto classes = static_cast<double>(present);
  return {.accuracy = ratio(correct, rows()),
          .precision = sums.precision / classes,
          .recall = sums.recall / classes,
          .f1 = sums.f1 / classes};
}

}  // namespace medbench
