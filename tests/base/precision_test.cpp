#include "base/precision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace medbench {
namespace {

TEST(Precisions, AreFoundByName) {
  EXPECT_THAT(kPrecisionNames, ::testing::ElementsAre("fp32", "fp16", "bf16", "int8"));
  for (const PrecisionInfo& row : kPrecisions) EXPECT_EQ(find_precision(row.name), &row);
  EXPECT_EQ(find_precision("fp16")->dtype, DType::F16);
  EXPECT_EQ(find_precision("int8")->dtype, std::nullopt);
  EXPECT_EQ(find_precision("int8-weights"), nullptr) << "is what some integers are found to be";
  EXPECT_EQ(find_precision(""), nullptr);
}

TEST(Precisions, StandFromTheWidestOn) {
  for (std::size_t i = 1; i < kPrecisions.size(); ++i) {
    const auto width = [](const PrecisionInfo& row) { return size_of(row.dtype.value_or(DType::I8)); };
    EXPECT_GE(width(kPrecisions[i - 1]), width(kPrecisions[i])) << kPrecisions[i].name;
  }
}

}  // namespace
}  // namespace medbench
