#include "job/optimization_profile.hpp"

#include <gtest/gtest.h>

#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using testing::batch_seq;
using Pairs = std::map<std::string, std::string>;

OptimizationProfile complete(const Pairs& options, const Axes& least, const Axes& most) {
  return complete_profile(asked_profile(options), least, most);
}

void expect_refused(const Pairs& options, const std::string& part) {
  testing::expect_error(ErrorKind::Usage, part,
                        [&] { (void)complete(options, batch_seq(4, 64), batch_seq(4, 128)); });
}

TEST(OptimizationProfile, IsWhatIsMeasuredUnlessAskedOtherwise) {
  const Axes axes = batch_seq(8, 256);
  EXPECT_EQ(complete({}, axes, axes), (OptimizationProfile{axes, axes, axes}));
  EXPECT_TRUE(complete({}, axes, axes).is_fixed());
  EXPECT_EQ(complete({}, batch_seq(8, 64), axes), (OptimizationProfile{batch_seq(8, 64), axes, axes}));
}

TEST(OptimizationProfile, OfTheGuidesExample) {
  const OptimizationProfile profile = complete({{"trt.min_batch", "1"},
                                                {"trt.opt_batch", "8"},
                                                {"trt.max_batch", "16"},
                                                {"trt.min_seq", "64"},
                                                {"trt.opt_seq", "256"},
                                                {"trt.max_seq", "512"}},
                                               batch_seq(8, 256), batch_seq(8, 256));
  EXPECT_EQ(profile, (OptimizationProfile{batch_seq(1, 64), batch_seq(8, 256), batch_seq(16, 512)}));
  EXPECT_FALSE(profile.is_fixed());
}

TEST(OptimizationProfile, HoldsWhatIsAskedForAndWhatIsMeasured) {
  const Axes axes = batch_seq(8, 256);
  EXPECT_EQ(complete({{"trt.opt_batch", "16"}}, axes, axes).most[Axis::Batch], 16);
  EXPECT_EQ(complete({{"trt.opt_batch", "2"}}, axes, axes).least[Axis::Batch], 2);
  EXPECT_EQ(complete({{"trt.max_batch", "16"}}, axes, axes).usual[Axis::Batch], 8);
  EXPECT_EQ(complete({{"trt.max_batch", "16"}}, axes, axes).most[Axis::Seq], 256);
  const Axes image{{Axis::Batch, 2}, {Axis::Height, 64}, {Axis::Width, 64}};
  EXPECT_EQ(complete({{"trt.max_seq", "16"}, {"trt.max_batch", "4"}}, image, image),
            (OptimizationProfile{image, image, image.with(Axis::Batch, 4)}));
}

TEST(OptimizationProfile, ThatMakesNoSenseNamesTheTwoOptions) {
  expect_refused({{"trt.min_batch", "8"}, {"trt.opt_batch", "4"}},
                 "--trt-min-batch 8 is greater than --trt-opt-batch 4");
  expect_refused({{"trt.opt_seq", "256"}, {"trt.max_seq", "128"}},
                 "--trt-opt-seq 256 is greater than --trt-max-seq 128");
  expect_refused({{"trt.min_seq", "256"}, {"trt.max_seq", "128"}},
                 "--trt-min-seq 256 is greater than --trt-max-seq 128");
}

TEST(OptimizationProfile, ThatLeavesOutWhatIsMeasuredNamesIt) {
  expect_refused({{"trt.max_batch", "2"}}, "batch size 4 is measured, and --trt-max-batch is 2: raise");
  expect_refused({{"trt.min_seq", "100"}}, "sequence length 64 is measured, and --trt-min-seq is 100: lower");
}

TEST(OptimizationProfile, IsOfNumbers) {
  for (const char* text : {"", "0", "-1", "8x", "1.5", "99999999999999999999"})
    expect_refused({{"trt.opt_batch", text}}, "give a number from 1 to 65536");
}

TEST(OptimizationProfile, CanBeForgotten) {
  Pairs options{{"trt.min_batch", "1"}, {"trt.max_seq", "8"}, {"trt.cache", "0"}};
  forget_profile(options);
  EXPECT_EQ(options, (Pairs{{"trt.cache", "0"}}));
}

}  // namespace
}  // namespace medbench
