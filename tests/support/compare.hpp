// Compares tensors within a bound, for tests.
#pragma once

#include <cmath>
#include <cstddef>
#include <gtest/gtest.h>
#include <string>

#include "base/tensor.hpp"

namespace medbench::testing {

// |actual - expected| <= absolute + relative * |expected|, for every element.
struct Bound {
  double absolute = 0;
  double relative = 0;
};

// NaN equals NaN alone, an infinity itself alone. The message names the element that is furthest out of
// bounds.
inline ::testing::AssertionResult close(const HostTensor& actual, const HostTensor& expected,
                                        const Bound& bound) {
  if (actual.shape() != expected.shape()) {
    return ::testing::AssertionFailure() << "shape " << shape_to_string(actual.shape()) << ", expected "
                                         << shape_to_string(expected.shape());
  }
  double worst_excess = 0;
  std::size_t worst = 0;
  for (std::size_t i = 0; i < expected.f32().size(); ++i) {
    const double found = double{actual.f32()[i]};
    const double wanted = double{expected.f32()[i]};
    if (found == wanted || (std::isnan(found) && std::isnan(wanted))) continue;
    double excess = std::fabs(found - wanted) - (bound.absolute + bound.relative * std::fabs(wanted));
    if (!std::isfinite(excess)) excess = HUGE_VAL;
    if (excess > worst_excess) {
      worst_excess = excess;
      worst = i;
    }
  }
  if (worst_excess == 0) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "element " << worst << " of " << shape_to_string(expected.shape()) << " is "
         << actual.f32()[worst] << ", expected " << expected.f32()[worst] << " within " << bound.absolute
         << " + " << bound.relative << " * |expected|";
}

// The same names and, for each, tensors that are close.
inline void expect_close(const NamedTensors& actual, const NamedTensors& expected, const Bound& bound) {
  EXPECT_EQ(actual.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    const auto found = actual.find(name);
    if (found == actual.end()) {
      ADD_FAILURE() << "output " << name << " is missing";
      continue;
    }
    EXPECT_TRUE(close(found->second, tensor, bound)) << "output " << name;
  }
}

}  // namespace medbench::testing
