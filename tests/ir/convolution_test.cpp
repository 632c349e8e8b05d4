// The interpreter's convolutions: against values worked out by hand, and against loops and an identity that
// share no code with them.
#include <array>
#include <gtest/gtest.h>

#include "tests/ir/interpretation.hpp"

namespace medbench::ir {
namespace {

using testing::random_floats;

// By its definition, in loops over [n, c, d, h, w]; two-dimensional where depths are 1.
struct Case {
  std::int64_t batch, in, out, groups;
  std::array<std::int64_t, 3> size, kernel, stride, padding, dilation;
};
constexpr std::array kCases{
    Case{1, 1, 1, 1, {1, 5, 4}, {1, 3, 3}, {1, 1, 1}, {0, 0, 0}, {1, 1, 1}},
    Case{2, 4, 6, 2, {1, 7, 9}, {1, 3, 2}, {1, 2, 3}, {0, 1, 2}, {1, 2, 1}},
    Case{3, 6, 6, 6, {1, 8, 5}, {1, 5, 3}, {1, 1, 2}, {0, 2, 1}, {1, 1, 1}},
    Case{1, 3, 4, 1, {5, 6, 7}, {3, 1, 2}, {2, 3, 1}, {1, 0, 1}, {1, 1, 3}},
    Case{2, 4, 2, 2, {3, 4, 5}, {2, 3, 3}, {1, 2, 2}, {1, 1, 2}, {2, 1, 2}},
};

std::int64_t out_size(const Case& c, std::size_t i) {
  return (c.size[i] + 2 * c.padding[i] - c.dilation[i] * (c.kernel[i] - 1) - 1) / c.stride[i] + 1;
}

// [batch, channels, d, h, w], without the depth where it is one of a plane.
std::vector<std::int64_t> shape_of(const Case& c, std::int64_t outer, std::int64_t channels,
                                   const std::array<std::int64_t, 3>& sizes) {
  std::vector<std::int64_t> shape{outer, channels, sizes[0], sizes[1], sizes[2]};
  if (c.size[0] == 1) shape.erase(shape.begin() + 2);
  return shape;
}
PerDimension attribute(const Case& c, const std::array<std::int64_t, 3>& numbers) {
  return {numbers.begin() + (c.size[0] == 1 ? 1 : 0), numbers.end()};
}

HostTensor loops(const Case& c, const HostTensor& x, const HostTensor& weight, const HostTensor& bias) {
  const std::array<std::int64_t, 3> o{out_size(c, 0), out_size(c, 1), out_size(c, 2)};
  std::vector<float> result;
  for (std::int64_t n = 0; n < c.batch; ++n)
    for (std::int64_t f = 0; f < c.out; ++f)
      for (std::int64_t z = 0; z < o[0]; ++z)
        for (std::int64_t y = 0; y < o[1]; ++y)
          for (std::int64_t w = 0; w < o[2]; ++w) {
            double sum = double{bias.f32()[static_cast<std::size_t>(f)]};
            for (std::int64_t i = 0; i < c.in / c.groups; ++i)
              for (std::int64_t a = 0; a < c.kernel[0]; ++a)
                for (std::int64_t b = 0; b < c.kernel[1]; ++b)
                  for (std::int64_t d = 0; d < c.kernel[2]; ++d) {
                    const std::int64_t iz = z * c.stride[0] + a * c.dilation[0] - c.padding[0];
                    const std::int64_t iy = y * c.stride[1] + b * c.dilation[1] - c.padding[1];
                    const std::int64_t ix = w * c.stride[2] + d * c.dilation[2] - c.padding[2];
                    if (iz < 0 || iy < 0 || ix < 0) continue;
                    if (iz >= c.size[0] || iy >= c.size[1] || ix >= c.size[2]) continue;
                    const std::int64_t channel = f / (c.out / c.groups) * (c.in / c.groups) + i;
                    const std::int64_t from =
                        (((n * c.in + channel) * c.size[0] + iz) * c.size[1] + iy) * c.size[2] + ix;
                    const std::int64_t by =
                        (((f * (c.in / c.groups) + i) * c.kernel[0] + a) * c.kernel[1] + b) * c.kernel[2] + d;
                    sum += double{x.f32()[static_cast<std::size_t>(from)]} *
                           double{weight.f32()[static_cast<std::size_t>(by)]};
                  }
            result.push_back(static_cast<float>(sum));
          }
  return floats(shape_of(c, c.batch, c.out, o), result);
}

class ConvolutionOf : public Images, public ::testing::WithParamInterface<Case> {
 protected:
  const Case& c = GetParam();
  std::array<std::int64_t, 3> o{out_size(c, 0), out_size(c, 1), out_size(c, 2)};
  // Of the convolution, and, read the other way, of its adjoint.
  HostTensor weight() const { return random_floats(shape_of(c, c.out, c.in / c.groups, c.kernel), 2); }
  Convolution op() const {
    return {attribute(c, c.stride), attribute(c, c.padding), attribute(c, c.dilation), c.groups, false};
  }
};

TEST_P(ConvolutionOf, IsItsDefinition) {
  const HostTensor x = random_floats(shape_of(c, c.batch, c.in, c.size), 1);
  const HostTensor bias = random_floats({c.out}, 3);
  const HostTensor expected = loops(c, x, weight(), bias);
  const ValueId y = builder.convolution(input(random_floats(x.shape(), 1)), parameter(weight()),
                                        parameter(random_floats({c.out}, 3)), op());
  EXPECT_TRUE(testing::close(run(y), expected, {1e-6, 1e-6}));
}

double dot(const HostTensor& a, const HostTensor& b) {
  EXPECT_EQ(a.shape(), b.shape());
  double sum = 0;
  for (std::size_t i = 0; i < a.f32().size(); ++i) sum += double{a.f32()[i]} * double{b.f32()[i]};
  return sum;
}

// <convolution(x), y> = <x, transposed(y)>, for several y: the transposed one is the adjoint. The output
// padding is what the rounding down of the convolution lost.
TEST_P(ConvolutionOf, HasTheTransposedOneAsItsAdjoint) {
  const HostTensor x = random_floats(shape_of(c, c.batch, c.in, c.size), 1);
  const HostTensor forward =
      run(builder.convolution(input(random_floats(x.shape(), 1)), parameter(weight()), std::nullopt, op()));
  PerDimension lost;
  for (std::size_t i = c.size[0] == 1 ? 1 : 0; i < 3; ++i) {
    lost.push_back((c.size[i] + 2 * c.padding[i] - c.dilation[i] * (c.kernel[i] - 1) - 1) % c.stride[i]);
  }
  for (const std::uint64_t seed : {5U, 6U, 7U}) {
    builder = GraphBuilder{"adjoint"};
    given.clear();
    const TransposedConvolution adjoint{op().stride, op().padding, op().dilation, lost, c.groups, false};
    const HostTensor back = run(builder.transposed_convolution(input(random_floats(forward.shape(), seed)),
                                                               parameter(weight()), std::nullopt, adjoint));
    const HostTensor y = random_floats(forward.shape(), seed);
    EXPECT_NEAR(dot(forward, y), dot(x, back), 1e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ConvolutionOf, ::testing::ValuesIn(kCases));

using Convolutions = Images;

TEST_F(Convolutions, ConvolutionByHand) {
  const ValueId x = input(counting({1, 1, 3, 3}));
  const ValueId weight = parameter(floats({1, 1, 2, 2}, {1, 0, 0, -1}));
  expect(builder.convolution(x, weight, parameter(floats({1}, {10})), {.padding = {1, 0}}), {1, 1, 4, 2},
         {8, 7, 6, 6, 6, 6, 17, 18});
}

TEST_F(Convolutions, TransposedConvolutionByHand) {
  const ValueId x = input(floats({1, 2, 1, 2}, {1, 2, 10, 20}));
  const ValueId weight = parameter(floats({2, 1, 1, 3}, {1, 1, 1, 0, 1, 0}));
  // Stride 2: 1 1 1+2 2 2 and 0 10 0 20 0, with one more at the end.
  const TransposedConvolution op{.stride = {1, 2}, .output_padding = {0, 1}};
  expect(builder.transposed_convolution(x, weight, parameter(floats({1}, {100})), op), {1, 1, 1, 6},
         {101, 111, 103, 122, 102, 100});
}

// Scales of 2 and of 1 / 3 for the two filters.
TEST_F(Convolutions, QuantizedConvolutionByHand) {
  const ValueId x = input(floats({1, 2, 1, 1}, {3, 10}));
  const ValueId weight = parameter(floats({2, 2, 1, 1}, {6, -3, 0.2F, 1}));
  expect(builder.quantized_convolution(x, weight, parameter(floats({2}, {100, 0})), {.weight_max = 3}),
         {1, 2, 1, 1}, {100 + 3 * 6 - 10 * 4, 3 * (1.0F / 3) + 10});
}

TEST_F(Convolutions, ConvolutionAccumulatesInDoubleAndRoundsOnce) {
  const ValueId x = input(floats({1, 3, 1, 1}, {1e8F, 1, -1e8F}));
  expect(builder.convolution(x, parameter(floats({1, 3, 1, 1}, {1, 1, 1})), std::nullopt), {1, 1, 1, 1}, {1});
}

}  // namespace
}  // namespace medbench::ir
