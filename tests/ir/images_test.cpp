// The interpreter's operations on images but convolutions, against values worked out by hand.
#include <gtest/gtest.h>
#include <limits>

#include "tests/ir/interpretation.hpp"

namespace medbench::ir {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A step of 0.5 from -1 on: values beyond the range become its ends, and ties go to even integers.
TEST_F(Images, FakeQuantizeByHand) {
  const ValueId x = input(floats({1, 1, 2, 4}, {-7, -1, -0.3F, 0.25F, 0.6F, 0.75F, 3, 126.5F}));
  expect(builder.fake_quantize(x, {.min = -1, .max = 126.5}), {1, 1, 2, 4},
         {-1, -1, -0.5F, 0, 0.5F, 1, 3, 126.5F});
}

TEST_F(Images, MaximaOfWindows) {
  const ValueId x = input(floats({1, 1, 3, 4}, {-1, -2, -3, -4, -5, -6, -7, -8, -9, -1, -2, -3}));
  // The padding is never the largest.
  const Pool op{.kernel = {3, 2}, .stride = {2, 2}, .padding = {1, 1}};
  expect(builder.pool(x, op), {1, 1, 2, 3}, {-1, -2, -4, -5, -1, -3});
}

TEST_F(Images, AMaximumOfNaNIsNaN) {
  const float nan = std::nanf("");
  expect(builder.pool(input(floats({1, 2, 1, 2}, {nan, 1, 1, 2})), {.kernel = {1, 2}}), {1, 2, 1, 1},
         {nan, 2});
}

TEST_F(Images, AveragesOfWindows) {
  const ValueId x = input(floats({1, 1, 2, 4}, {4, 8, 12, 16, 20, 24, 28, 32}));
  const Pool op{.kind = Pooling::Average, .kernel = {2, 2}, .padding = {0, 1}};
  expect(builder.pool(x, op), {1, 1, 1, 3}, {6, 18, 12});
}

TEST_F(Images, AveragesThatLeaveThePaddingOut) {
  const ValueId x = input(floats({1, 1, 2, 4}, {4, 8, 12, 16, 20, 24, 28, 32}));
  const Pool op{.kind = Pooling::Average, .kernel = {2, 2}, .padding = {0, 1}, .count_padding = false};
  expect(builder.pool(x, op), {1, 1, 1, 3}, {12, 18, 24});
}

TEST_F(Images, PoolsVolumes) {
  const ValueId x = input(counting({1, 1, 2, 2, 2}));
  const ValueId most = builder.pool(x, {.kernel = {2, 1, 2}});
  const ValueId mean = builder.pool(x, {.kind = Pooling::Average, .kernel = {2, 1, 2}});
  expect(builder.concatenate({most, mean}, 1), {1, 2, 1, 2, 1}, {6, 8, 3.5F, 5.5F});
}

TEST_F(Images, AdaptiveAverages) {
  // 5 to 3: elements 0 and 1, 1 to 3, 3 and 4.
  expect(builder.adaptive_average_pool(input(floats({1, 1, 1, 5}, {1, 3, 5, 10, 20})), {1, 3}), {1, 1, 1, 3},
         {2, 6, 15});
}

TEST_F(Images, AdaptiveAveragesOfFewerElementsRepeatThem) {
  expect(builder.adaptive_average_pool(input(floats({1, 1, 1, 2}, {1, 3})), {1, 3}), {1, 1, 1, 3}, {1, 2, 3});
}

TEST_F(Images, GlobalAverages) {
  const ValueId pooled = builder.global_average_pool(input(counting({2, 2, 2, 3})));
  expect(builder.flatten(pooled), {2, 2}, {3.5F, 9.5F, 15.5F, 21.5F});
}

TEST_F(Images, BatchNorm) {
  const ValueId x = input(floats({2, 2, 1, 1}, {1, 2, 3, 4}));
  const ValueId y = builder.batch_norm(x, parameter(floats({2}, {2, 10})), parameter(floats({2}, {1, -1})),
                                       parameter(floats({2}, {1, 2})), parameter(floats({2}, {1, 13})), 3);
  // (x - 1) / 2 * 2 + 1, and (x - 2) / 4 * 10 - 1
  expect(y, {2, 2, 1, 1}, {1, -1, 3, 4});
}

TEST_F(Images, InstanceNorm) {
  const ValueId x = input(floats({1, 2, 1, 2}, {1, 3, -2, -2}));
  // mean 2, variance 1: scale 1 / sqrt(1 + 3)
  const ValueId plain = builder.instance_norm(x, 3);
  const ValueId affine =
      builder.instance_norm(x, parameter(floats({2}, {2, 10})), parameter(floats({2}, {1, -1})), 3);
  expect(builder.concatenate({plain, affine}, 1), {1, 4, 1, 2}, {-0.5F, 0.5F, 0, 0, 0, 2, -1, -1});
}

TEST_F(Images, ConcatenatesAlongAMiddleAxis) {
  const ValueId a = input(counting({2, 1, 1, 2}));
  const ValueId b = input(floats({2, 2, 1, 2}, {10, 20, 30, 40, 50, 60, 70, 80}));
  expect(builder.concatenate({a, b, a}, 1), {2, 4, 1, 2},
         {1, 2, 10, 20, 30, 40, 1, 2, 3, 4, 50, 60, 70, 80, 3, 4});
}

TEST_F(Images, ConcatenatesAlongTheLastAxis) {
  const ValueId x = input(counting({1, 2, 2, 1}));
  expect(builder.concatenate({x, x}, 3), {1, 2, 2, 2}, {1, 1, 2, 2, 3, 3, 4, 4});
}

TEST_F(Images, NearestRepeatsElements) {
  expect(builder.upsample(input(counting({1, 1, 2, 2})), Interpolation::Nearest, {1, 3}), {1, 1, 2, 6},
         {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4});
}

TEST_F(Images, LinearTakesElementsAsCentresOfCells) {
  expect(builder.upsample(input(floats({1, 1, 1, 3}, {0, 4, 8})), Interpolation::Linear, {1, 2}),
         {1, 1, 1, 6}, {0, 1, 3, 5, 7, 8});
}

TEST_F(Images, LinearInTwoAndThreeDimensions) {
  const std::vector<float> plane{1,    1.25F, 1.75F, 2,    1.5F, 1.75F, 2.25F, 2.5F,
                                 2.5F, 2.75F, 3.25F, 3.5F, 3,    3.25F, 3.75F, 4};
  std::vector<float> volume;
  for (const float shift : {0.0F, 1.0F, 3.0F, 4.0F}) {  // from a plane to one that is larger by 4
    for (const float element : plane) volume.push_back(element + shift);
  }
  expect(builder.upsample(input(counting({1, 1, 2, 2, 2})), Interpolation::Linear, {2, 2, 2}),
         {1, 1, 4, 4, 4}, volume);
}

TEST_F(Images, LinearDoesNotTouchWhatItDoesNotTake) {
  expect(builder.upsample(input(floats({1, 1, 1, 2}, {1, kInfinity})), Interpolation::Linear, {1, 1}),
         {1, 1, 1, 2}, {1, kInfinity});
}

TEST_F(Images, PadsEveryDimension) {
  expect(builder.pad(input(floats({1, 1, 1, 2}, {1, 2})), {0, 1, 0, 1}, {0, 0, 1, 0}, -5), {1, 2, 2, 3},
         {-5, -5, -5, -5, -5, -5, -5, 1, 2, -5, -5, -5});
}

TEST_F(Images, ResultsRoundToTheirType) {
  const ValueId x = builder.cast(input(floats({1, 1, 1, 2}, {1, 1.0078125F})), DType::BF16);
  // Half way between two BF16 values: to even.
  expect(builder.pool(x, {.kind = Pooling::Average, .kernel = {1, 2}}), {1, 1, 1, 1}, {1});
}

// A block of a residual network, as it is written.
TEST_F(Images, AResidualBlock) {
  const ValueId x = input(counting({2, 1, 2, 2}));
  const ValueId shortcut =
      builder.convolution(x, parameter(floats({2, 1, 1, 1}, {1, -1})), std::nullopt, {.stride = {2, 2}});
  const ValueId body = builder.convolution(x, parameter(counting({2, 1, 3, 3})), std::nullopt,
                                           {.stride = {2, 2}, .padding = {1, 1}});
  const ValueId y = builder.activate(builder.add(body, shortcut), Activation::Relu);
  // Kernel elements 5 6 8 9 and 14 15 17 18 lie on the image.
  expect(builder.flatten(y), {2, 2}, {78, 166, 194, 418});
}

}  // namespace
}  // namespace medbench::ir
