#include "job/device_id.hpp"

#include <gtest/gtest.h>

namespace medbench {
namespace {

TEST(DeviceId, KnowsTheSpellings) {
  for (const char* good : {"cpu", "cuda", "cuda:0", "cuda:15", "tpu", "gpu:1", "npu", "xpu:2", "mps"}) {
    const auto device = parse_device_id(good);
    ASSERT_TRUE(device) << good;
    EXPECT_EQ(to_string(*device), good);
  }
  for (const char* bad : {"", "abacus", "CPU", "cuda:", "cuda:x", "cuda:-1", "cuda:01", "cuda:1000", "cuda0",
                          "cpu:0", "gpu.0", "all"}) {
    EXPECT_FALSE(parse_device_id(bad)) << bad;
  }
}

TEST(DeviceId, OfAKindIsAnyOfIt) {
  EXPECT_TRUE(is_one_of("cuda:1", "cuda"));
  EXPECT_TRUE(is_one_of("cuda:1", "cuda:1"));
  EXPECT_FALSE(is_one_of("cuda:1", "cuda:0"));
  EXPECT_FALSE(is_one_of("cpu", "cuda"));
}

}  // namespace
}  // namespace medbench
