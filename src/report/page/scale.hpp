// From values to places in a picture, and the round values that an axis names.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace medbench {

class Scale {
 public:
  // From 0 to a little more than the largest.
  static Scale from_zero(double largest);
  // Of values above 0, from the smallest to the largest, in powers of ten where these are `decades` apart or
  // more and else from 0.
  static Scale of(std::span<const double> values, double log_from_ratio);
  static Scale logarithmic(double least, double most);

  // 0 to 100, from the low end to the high one; values outside lie at the ends.
  [[nodiscard]] double percent(double value) const;
  // Three to six round values within it.
  [[nodiscard]] std::vector<double> ticks() const;
  [[nodiscard]] bool is_logarithmic() const { return logarithmic_; }

 private:
  Scale(double low, double high, bool logarithmic) : low_(low), high_(high), logarithmic_(logarithmic) {}

  double low_;
  double high_;
  bool logarithmic_;
};

// Of an axis: "0", "0.5", "2000".
std::string tick_text(double value);

}  // namespace medbench
