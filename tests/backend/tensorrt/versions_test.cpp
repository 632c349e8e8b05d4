#include "backend/tensorrt/versions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace medbench::trt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kPath = "/lib/libnvinfer.so";

std::string refusal(const Version& headers, const Version& library) {
  return version_refusal(headers, library, kPath).value_or("");
}

device::CudaDevice card(int major, int minor) {
  return {.name = "a card", .pci_bus_id = {}, .memory_mb = 0, .compute_major = major, .compute_minor = minor};
}

TEST(TensorRtVersion, IsReadAsEachReleaseWritesIt) {
  EXPECT_EQ(version_of(101'302).text(), "10.13.2");
  EXPECT_EQ(version_of(110'100).text(), "11.1.0");
  EXPECT_EQ(version_of(10'701).text(), "1.7.1");
  EXPECT_EQ(version_of(8'601).text(), "8.6.1");
  EXPECT_EQ((Version{11, 1, 0, 106}.text()), "11.1.0.106");
  EXPECT_EQ(version_of(10'701).flavour(), "TensorRT for RTX");
  EXPECT_EQ(version_of(8'601).flavour(), "TensorRT");
}

TEST(TensorRtVersion, OfOneMajorNumberGoTogether) {
  EXPECT_EQ(refusal({11, 1}, {11, 0}), "");
  EXPECT_EQ(refusal({11, 1}, {11, 9}), "");
  EXPECT_EQ(refusal({10, 16}, {10, 3}), "");
  EXPECT_EQ(refusal({11, 1}, {1, 7}), "") << "its classes are those of 11";
  EXPECT_EQ(refusal({1, 7}, {1, 8}), "");
}

TEST(TensorRtVersion, OthersAreRefusedWithWhatToDo) {
  EXPECT_THAT(refusal({11, 1}, {10, 13}),
              HasSubstr("/lib/libnvinfer.so is TensorRT 10.13, and this worker was built with the headers of "
                        "TensorRT 11.1: install that, or build medbench with the headers of TensorRT 10"));
  EXPECT_THAT(refusal({10, 16}, {11, 1}), HasSubstr("headers of TensorRT 11 (TENSORRT_ROOT)"));
  EXPECT_THAT(refusal({10, 16}, {1, 7}), HasSubstr("headers of TensorRT 11 (TENSORRT_ROOT)"));
  EXPECT_THAT(refusal({1, 7}, {11, 1}), HasSubstr("built with the headers of TensorRT for RTX 1.7"));
  EXPECT_THAT(refusal({10, 0}, {10, 2}), HasSubstr("needs at least 10.3"));
  EXPECT_THAT(refusal({8, 6}, {8, 6}), HasSubstr("needs at least 10.3"));
  EXPECT_THAT(refusal({11, 1}, {1, 4}), HasSubstr("needs at least 1.7"));
  EXPECT_THAT(refusal({1, 9}, {1, 8}), HasSubstr("older than the headers"));
}

TEST(TensorRtVersion, KnowsItsCards) {
  const Version whole{11, 1};
  const Version rtx{1, 7};
  EXPECT_FALSE(card_refusal(whole, card(9, 0)));
  EXPECT_THAT(card_refusal(whole, card(7, 0)).value_or(""), HasSubstr("it needs 7.5 or newer"));
  for (const auto& [major, minor] : {std::pair{8, 0}, {8, 6}, {8, 9}, {12, 0}, {12, 1}})
    EXPECT_FALSE(card_refusal(rtx, card(major, minor))) << major << "." << minor;
  for (const auto& [major, minor] : {std::pair{7, 5}, {8, 7}, {9, 0}, {10, 0}}) {
    EXPECT_THAT(card_refusal(rtx, card(major, minor)).value_or(""),
                HasSubstr("TensorRT for RTX 1.7 does not run on a card (compute capability"));
  }
}

TEST(TensorRtVersion, KnowsThePrecisionsOfCards) {
  EXPECT_THAT(precisions_of(card(7, 5)), ElementsAre("fp32", "fp16", "int8"));
  EXPECT_THAT(precisions_of(card(8, 0)), ElementsAre("fp32", "fp16", "bf16", "int8"));
  EXPECT_FALSE(has_fp8(card(8, 6)));
  EXPECT_TRUE(has_fp8(card(8, 9)) && has_fp8(card(9, 0)));
}

}  // namespace
}  // namespace medbench::trt
