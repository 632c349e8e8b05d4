#include "base/utc.hpp"

#include <gtest/gtest.h>

namespace medbench {
namespace {

TEST(UtcTimestamp, IsIso8601) {
  EXPECT_EQ(utc_timestamp(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(utc_timestamp(1'709'251'199), "2024-02-29T23:59:59Z");
}

TEST(UtcNow, LiesBetweenTwoLooksAtTheClock) {
  const std::string before = utc_timestamp(std::time(nullptr));
  const std::string now = utc_now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, utc_timestamp(std::time(nullptr)));
}

}  // namespace
}  // namespace medbench
