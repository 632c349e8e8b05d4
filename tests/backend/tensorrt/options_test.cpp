#include "backend/tensorrt/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/tensorrt/precision.hpp"
#include "tests/support/errors.hpp"

namespace medbench::trt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

void expect_refused(const std::map<std::string, std::string>& options, const std::string& part) {
  testing::expect_error(ErrorKind::Usage, part, [&] { (void)read_options(options); });
}

TEST(TensorRtOptions, AreReadAsTheCommandLineWritesThem) {
  const Options options = read_options({{"trt.cache", "0"},
                                        {"trt.cache_dir", "/x"},
                                        {"trt.bf16", "1"},
                                        {"trt.max_seq", "512"},
                                        {"trt.way", "native"},
                                        {"ort.library", "/y.so"},
                                        {"torch.compile", "on"}});
  EXPECT_FALSE(options.cache);
  EXPECT_EQ(options.cache_folder, "/x");
  EXPECT_TRUE(options.bf16);
  EXPECT_FALSE(options.fp8);
  EXPECT_EQ(options.profile.most[Axis::Seq], 512);
  EXPECT_EQ(options.way, Way::Native);
  EXPECT_THAT(options.of_others, ElementsAre(Pair("ort.library", "/y.so")));
}

TEST(TensorRtOptions, ThatAreWrongAreNamed) {
  expect_refused({{"trt.caches", "0"}}, "no option 'trt.caches': it takes trt.bf16, ");
  expect_refused({{"trt.cache", "maybe"}}, "trt.cache=maybe");
  expect_refused({{"trt.way", "both"}}, "give any, native or onnxruntime");
  expect_refused({{"trt.min_batch", "none"}}, "trt.min_batch=none");
  expect_refused({{"trt.min_seq", "4"}, {"trt.opt_seq", "2"}},
                 "--trt-min-seq 4 is greater than --trt-opt-seq 2");
}

device::CudaDevice card(int major, int minor) {
  return {.name = "a card", .pci_bus_id = {}, .memory_mb = 0, .compute_major = major, .compute_minor = minor};
}

TEST(TensorRtPrecision, IsTheRowsOwnUnlessAnOptionSaysOtherwise) {
  EXPECT_EQ(choose_precision("fp32", {}, card(9, 0)).precision, "fp32");
  const Options bf16{.bf16 = true};
  EXPECT_EQ(choose_precision("fp32", bf16, card(9, 0)).precision, "bf16");
  EXPECT_THAT(choose_precision("fp32", bf16, card(9, 0)).warnings, IsEmpty());
  EXPECT_EQ(choose_precision("fp16", bf16, card(9, 0)).precision, "fp16");
  const PrecisionChoice next = choose_precision("fp32", bf16, card(7, 5));
  EXPECT_EQ(next.precision, "fp16");
  ASSERT_EQ(next.warnings.size(), 1U);
  EXPECT_EQ(next.warnings[0].text, "--trt-bf16 was asked for, and a card has no bf16: fp16 ran");
  const Options fp8{.bf16 = true, .fp8 = true};
  EXPECT_EQ(choose_precision("fp32", fp8, card(9, 0)).precision, "fp8");
  EXPECT_EQ(choose_precision("fp32", fp8, card(8, 0)).warnings.at(0).text,
            "--trt-fp8 was asked for, and a card has no fp8: bf16 ran");
  EXPECT_EQ(choose_precision("fp32", fp8, card(9, 0), "the model has none").precision, "bf16");
}

}  // namespace
}  // namespace medbench::trt
