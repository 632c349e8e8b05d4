#include "stats/stop_check.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace medbench {
namespace {

// The numbers of samples, of these many in a row, at which the check says that the median is known.
std::vector<std::size_t> known_at(StopCheck check, const std::vector<double>& samples) {
  std::vector<std::size_t> found;
  for (std::size_t n = 1; n <= samples.size(); ++n) {
    if (check.median_known({samples.data(), n})) found.push_back(n);
  }
  return found;
}

TEST(StopCheck, LooksTwiceFromTheFewestSamplesOn) {
  EXPECT_EQ(known_at(StopCheck(), std::vector<double>(130, 10.0)), (std::vector<std::size_t>{80, 100, 125}));
}

TEST(StopCheck, WaitsForHalfASecond) {
  // 500 ms after 250 samples; the second look is a quarter later.
  EXPECT_EQ(known_at(StopCheck(), std::vector<double>(320, 2.0)), (std::vector<std::size_t>{312}));
}

TEST(StopCheck, OneLookAloneIsNotEnough) {
  std::vector<double> samples(64, 10.0);
  while (samples.size() < 79) samples.push_back(20);
  for (int i = 0; i < 60; ++i) samples.push_back(i % 2 == 0 ? 5 : 30);
  StopCheck check({.least_total_ms = 0});
  EXPECT_FALSE(check.median_known({samples.data(), 64}));  // found, but for the first time
  samples.resize(79 + 45);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = i % 2 == 0 ? 10 : 20;
  EXPECT_FALSE(check.median_known(samples));  // not any more
  std::fill(samples.begin(), samples.end(), 10.0);
  samples.resize(160, 10.0);
  EXPECT_FALSE(check.median_known(samples));  // the first again
  samples.resize(200, 10.0);
  EXPECT_TRUE(check.median_known(samples));
}

TEST(StopCheck, SettingsDecide) {
  const std::vector<double> samples(40, 10.0);
  EXPECT_EQ(known_at(StopCheck({.fewest_samples = 20, .least_total_ms = 0, .looks = 1}), samples),
            (std::vector<std::size_t>{20, 25, 31, 38}));
  std::vector<double> rough;
  for (int i = 0; i < 100; ++i) rough.push_back(i % 2 == 0 ? 10 : 10.5);
  EXPECT_TRUE(known_at(StopCheck(), rough).empty());
  EXPECT_FALSE(known_at(StopCheck({.tolerance = 0.1}), rough).empty());
}

TEST(StopCheck, ADriftIsNoKnownMedian) {
  std::vector<double> samples;
  for (int i = 0; i < 400; ++i) samples.push_back(10 + i * 1e-4);
  EXPECT_TRUE(known_at(StopCheck(), samples).empty());
}

}  // namespace
}  // namespace medbench
