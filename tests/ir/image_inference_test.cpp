#include <fmt/core.h>
#include <gtest/gtest.h>
#include <limits>

#include "ir/builder.hpp"
#include "ir/verifier.hpp"
#include "tests/support/errors.hpp"

namespace medbench::ir {
namespace {

using testing::expect_error;

class ImageInference : public ::testing::Test {
 protected:
  void refuse(const Op& op, const std::vector<ValueId>& inputs, const std::string& message) {
    expect_error(ErrorKind::Internal, "node 'n' (" + std::string{name_of(op)} + ") " + message,
                 [&] { builder.apply(op, inputs, "n"); });
  }
  ValueId weight(Shape shape) { return builder.parameter("w" + std::to_string(weights++), std::move(shape)); }

  GraphBuilder builder{"g"};
  ValueId plane = builder.input("plane", DType::F32, {kBatch, 4, 7, 9});
  ValueId volume = builder.input("volume", DType::F32, {kBatch, 2, 5, 6, 7});
  ValueId row = builder.input("row", DType::F32, {kBatch, 4, 9});
  ValueId four = builder.parameter("four", {4});
  int weights = 0;
};

TEST_F(ImageInference, Convolution) {
  const ValueId filters = weight({6, 2, 3, 2});
  const Convolution op{.stride = {2, 3}, .padding = {1, 2}, .dilation = {1, 2}, .groups = 2};
  EXPECT_EQ(builder.shape(builder.convolution(plane, filters, std::nullopt, op)), (Shape{kBatch, 6, 4, 4}));
  EXPECT_EQ(builder.shape(builder.convolution(plane, weight({4, 4, 7, 9}), four)), (Shape{kBatch, 4, 1, 1}));
  EXPECT_EQ(builder.shape(builder.convolution(volume, weight({1, 2, 1, 3, 3}), std::nullopt)),
            (Shape{kBatch, 1, 5, 4, 5}));
}

TEST_F(ImageInference, ConvolutionRefuses) {
  const ValueId filters = weight({6, 2, 3, 3});
  const Convolution good{{1, 1}, {0, 0}, {1, 1}, 2, false};
  const auto with = [&](auto change) {
    Convolution op = good;
    change(op);
    return op;
  };
  refuse(with([](Convolution& op) { op.groups = 3; }), {plane, filters},
         "expects groups that divide its 4 input channels, found 3");
  refuse(with([](Convolution& op) { op.groups = 4; }), {plane, filters},
         "expects groups that divide its 6 output channels, found 4");
  refuse(with([](Convolution& op) { op.groups = 0; }), {plane, filters}, "expects groups that divide");
  refuse(with([](Convolution& op) { op.groups = 1; }), {plane, filters},
         "expects 'w0' to be [6, 4, 3, 3], found [6, 2, 3, 3]");
  refuse(with([](Convolution& op) {
           op.stride = {0, 1};
         }),
         {plane, filters}, "expects stride of 2 numbers in [1, 1048576], found [0, 1]");
  refuse(with([](Convolution& op) { op.padding = {1}; }), {plane, filters}, "expects padding of 2 numbers");
  refuse(with([](Convolution& op) {
           op.padding = {0, -1};
         }),
         {plane, filters}, "expects padding of 2 numbers in [0, 1048576], found [0, -1]");
  refuse(with([](Convolution& op) {
           op.dilation = {std::int64_t{1} << 62U, 1};
         }),
         {plane, filters}, "expects dilation of 2 numbers");
  refuse(with([](Convolution& op) {
           op.dilation = {4, 1};
         }),
         {plane, filters},
         "leaves nothing of axis 2 of [batch, 4, 7, 9]: its window reaches over 9, with a padding of 0");
  refuse(with([](Convolution& op) { op.bias = true; }), {plane, filters}, "takes 3 inputs, found 2");
  refuse(with([](Convolution& op) { op.bias = true; }), {plane, filters, four},
         "expects 'four' to be [6], found [4]");
  refuse(good, {plane, four}, "expects 'four' to be [out, in/groups, kernel...], found [4]");
  refuse(good, {volume, filters}, "expects stride of 3 numbers");
  refuse(good, {row, filters},
         "expects 'row' to be [batch, channels, (depth,) height, width] with numbers but for batch, found");
  const ValueId open = builder.input("open", DType::F32, {kBatch, 4, kSeq, 9});
  refuse(good, {open, filters}, "expects 'open' to be [batch, channels");
  const ValueId half = builder.parameter("half", {6, 2, 3, 3}, DType::F16);
  refuse(good, {plane, half}, "expects one type");
  const ValueId huge = builder.input("huge", DType::F32, {kBatch, 4, std::int64_t{1} << 50U, 9});
  refuse(good, {huge, filters}, "expects 'huge' to be [batch, channels");
}

TEST_F(ImageInference, QuantizedConvolution) {
  const ValueId filters = weight({6, 2, 3, 2});
  const QuantizedConvolution op{.window = {.stride = {2, 3}, .padding = {1, 2}, .groups = 2}};
  EXPECT_EQ(builder.shape(builder.quantized_convolution(plane, filters, std::nullopt, op)),
            (Shape{kBatch, 6, 4, 4}));
  const Convolution window{{1, 1}, {0, 0}, {1, 1}, 2, false};
  for (const std::int32_t weight_max : {0, 128}) {
    refuse(QuantizedConvolution{window, weight_max}, {plane, filters},
           fmt::format("expects weight_max in [1, 127], found {}", weight_max));
  }
  refuse(QuantizedConvolution{.window = {{1, 1}, {0, 0}, {1, 1}, 3, false}}, {plane, filters},
         "expects groups that divide its 4 input channels, found 3");
}

TEST_F(ImageInference, FakeQuantize) {
  EXPECT_EQ(builder.shape(builder.fake_quantize(volume, {.min = -1, .max = 2})), (Shape{kBatch, 2, 5, 6, 7}));
  refuse(FakeQuantize{.min = 1, .max = 2}, {plane}, "expects a finite range that contains 0, found [1, 2]");
  const double infinity = std::numeric_limits<double>::infinity();
  refuse(FakeQuantize{.min = 0, .max = infinity}, {plane}, "expects a finite range");
  refuse(FakeQuantize{.min = 0, .max = 1, .activation_max = 256}, {plane},
         "expects activation_max in [1, 255], found 256");
  refuse(FakeQuantize{}, {builder.input("ids", DType::I64, {kBatch})}, "expects");
}

TEST_F(ImageInference, TransposedConvolution) {
  const ValueId filters = weight({4, 3, 3, 2});
  const TransposedConvolution op{.stride = {2, 3}, .padding = {1, 0}, .output_padding = {1, 2}, .groups = 2};
  EXPECT_EQ(builder.shape(builder.transposed_convolution(plane, filters, std::nullopt, op)),
            (Shape{kBatch, 6, 14, 28}));
  EXPECT_EQ(builder.shape(builder.transposed_convolution(volume, weight({2, 5, 2, 2, 2}), std::nullopt,
                                                         {.stride = {2, 2, 2}})),
            (Shape{kBatch, 5, 10, 12, 14}));
}

TEST_F(ImageInference, TransposedConvolutionRefuses) {
  const ValueId filters = weight({4, 3, 3, 2});
  const TransposedConvolution good{{2, 2}, {0, 0}, {1, 1}, {0, 0}, 2, false};
  const auto with = [&](auto change) {
    TransposedConvolution op = good;
    change(op);
    return op;
  };
  refuse(with([](TransposedConvolution& op) {
           op.output_padding = {0, 2};
         }),
         {plane, filters}, "expects an output_padding below a stride of 2 or a dilation of 1, found 2");
  refuse(with([](TransposedConvolution& op) { op.groups = 3; }), {plane, filters},
         "expects groups that divide its 4 input channels, found 3");
  refuse(with([](TransposedConvolution& op) {
           op.padding = {8, 0};
         }),
         {plane, filters}, "leaves nothing of axis 2: a padding of 8");
  refuse(good, {plane, weight({3, 3, 3, 2})}, "expects 'w1' to be [4, 3, 3, 2], found [3, 3, 3, 2]");
  refuse(with([](TransposedConvolution& op) { op.bias = true; }), {plane, filters, four},
         "expects 'four' to be [6], found [4]");
}

TEST_F(ImageInference, Pool) {
  EXPECT_EQ(builder.shape(builder.pool(plane, {.kernel = {2, 2}})), (Shape{kBatch, 4, 3, 4}));
  EXPECT_EQ(builder.shape(builder.pool(plane, {.kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}})),
            (Shape{kBatch, 4, 4, 5}));
  EXPECT_EQ(builder.shape(builder.pool(volume, {.kernel = {5, 2, 3}})), (Shape{kBatch, 2, 1, 3, 2}));
  refuse(Pool{Pooling::Max, {3, 3}, {2, 2}, {2, 1}, true}, {plane},
         "expects a padding of at most half its kernel of 3, found 2");
  refuse(Pool{Pooling::Average, {8, 1}, {1, 1}, {0, 0}, true}, {plane},
         "leaves nothing of axis 2 of [batch, 4, 7, 9]: its window reaches over 8, with a padding of 0");
  refuse(Pool{Pooling::Max, {3, 3, 3}, {1, 1}, {0, 0}, true}, {plane}, "expects a kernel of 2 numbers");
  refuse(Pool{Pooling::Max, {3, 3}, {1, 0}, {0, 0}, true}, {plane}, "expects stride of 2 numbers");
}

TEST_F(ImageInference, AdaptiveAveragePool) {
  EXPECT_EQ(builder.shape(builder.adaptive_average_pool(plane, {3, 20})), (Shape{kBatch, 4, 3, 20}));
  EXPECT_EQ(builder.shape(builder.global_average_pool(volume)), (Shape{kBatch, 2, 1, 1, 1}));
  refuse(AdaptiveAveragePool{{1}}, {plane}, "expects sizes of 2 numbers in [1, 1048576], found [1]");
  refuse(AdaptiveAveragePool{{0, 1}}, {plane}, "expects sizes of 2 numbers");
}

TEST_F(ImageInference, Norms) {
  const Shape same = builder.shape(plane);
  EXPECT_EQ(builder.shape(builder.batch_norm(plane, four, four, four, four, 1e-5)), same);
  EXPECT_EQ(builder.shape(builder.instance_norm(plane, four, four, 1e-5)), same);
  EXPECT_EQ(builder.shape(builder.instance_norm(volume, 0)), (Shape{kBatch, 2, 5, 6, 7}));
  refuse(BatchNorm{}, {volume, four, four, four, four}, "expects 'four' to be [2], found [4]");
  refuse(BatchNorm{-1}, {plane, four, four, four, four}, "expects an epsilon of at least 0, found -1");
  refuse(BatchNorm{}, {plane, four}, "takes 5 inputs, found 2");
  refuse(InstanceNorm{1e-5, true}, {plane}, "takes 3 inputs, found 1");
  refuse(InstanceNorm{1e-5, true}, {volume, four, four}, "expects 'four' to be [2], found [4]");
  const ValueId half = builder.input("half", DType::BF16, {kBatch, 4, 7, 9});
  const ValueId mixed = builder.instance_norm(half, four, four, 1e-5);
  EXPECT_EQ(builder.shape(mixed), builder.shape(half)) << "parameters may be in F32";
  const ValueId halves = builder.parameter("halves", {4}, DType::BF16);
  refuse(BatchNorm{}, {plane, four, halves, four, four}, "expects 'halves' to be F32, found BF16");
  refuse(InstanceNorm{std::numeric_limits<double>::quiet_NaN(), false}, {plane}, "expects an epsilon");
}

TEST_F(ImageInference, Concatenate) {
  const ValueId narrow = builder.input("narrow", DType::F32, {kBatch, 3, 7, 9});
  EXPECT_EQ(builder.shape(builder.concatenate({plane, narrow, plane}, 1)), (Shape{kBatch, 11, 7, 9}));
  EXPECT_EQ(builder.shape(builder.concatenate({plane}, 3)), (Shape{kBatch, 4, 7, 9}));
  refuse(Concatenate{2}, {plane, narrow}, "expects 'narrow' to be [batch, 4, 7, 9], found [batch, 3, 7, 9]");
  refuse(Concatenate{1}, {plane, volume}, "expects 'volume' to be");
  refuse(Concatenate{1}, {}, "takes at least 1 input, found 0");
  refuse(Concatenate{4}, {plane}, "expects an axis of [batch, 4, 7, 9], found 4");
  refuse(Concatenate{0}, {plane, plane}, "expects numbers along axis 0, found [batch, 4, 7, 9]");
  const ValueId huge =
      builder.input("huge", DType::F32, {kBatch, std::numeric_limits<std::int64_t>::max(), 7, 9});
  refuse(Concatenate{1}, {huge, huge}, "makes axis 1 too large");
}

TEST_F(ImageInference, Upsample) {
  EXPECT_EQ(builder.shape(builder.upsample(plane, Interpolation::Nearest, {2, 3})),
            (Shape{kBatch, 4, 14, 27}));
  EXPECT_EQ(builder.shape(builder.upsample(volume, Interpolation::Linear, {2, 1, 2})),
            (Shape{kBatch, 2, 10, 6, 14}));
  refuse(Upsample{Interpolation::Nearest, {2}}, {plane}, "expects scale of 2 numbers");
  refuse(Upsample{Interpolation::Nearest, {0, 2}}, {plane}, "expects scale of 2 numbers");
}

TEST_F(ImageInference, Pad) {
  EXPECT_EQ(builder.shape(builder.pad(plane, {0, 2, 0, 1}, {0, 0, 3, 1})), (Shape{kBatch, 6, 10, 11}));
  refuse(Pad{{0, 0}, {0, 0, 0, 0}}, {plane}, "expects begin of 4 numbers");
  refuse(Pad{{0, 0, 0, -1}, {0, 0, 0, 0}}, {plane}, "expects begin of 4 numbers");
  refuse(Pad{{0, 0, 0, 0}, {1, 0, 0, 0}}, {plane},
         "expects a number where it pads, found axis 0 of [batch, 4, 7, 9]");
}

TEST_F(ImageInference, Flatten) {
  EXPECT_EQ(builder.shape(builder.flatten(plane)), (Shape{kBatch, 4 * 7 * 9}));
  EXPECT_EQ(builder.shape(builder.flatten(volume, 3)), (Shape{kBatch, 2, 5, 42}));
  expect_error(ErrorKind::Internal, "cannot flatten 'plane' [batch, 4, 7, 9] from axis 0 on: expects numbers",
               [&] { (void)builder.flatten(plane, 0); });
  expect_error(ErrorKind::Internal, "cannot flatten 'plane' [batch, 4, 7, 9] from axis 5 on",
               [&] { (void)builder.flatten(plane, 5); });
}

// What no machine could hold is refused before anything is allocated.
TEST_F(ImageInference, RefusesTooManyElements) {
  builder.output("y", builder.upsample(plane, Interpolation::Nearest, {1 << 16, 1 << 14}, "large"));
  const Graph graph = builder.build();
  EXPECT_NO_THROW(check_axes(graph, {{Axis::Batch, 4}}));
  expect_error(ErrorKind::Usage, "'large' would be [5, 4, 458752, 147456], which is too large: use smaller",
               [&] {
                 check_axes(graph, {{Axis::Batch, 5}});
               });
}

}  // namespace
}  // namespace medbench::ir
