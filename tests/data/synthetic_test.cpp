#include "data/synthetic.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "tests/data/safetensors_builder.hpp"

namespace medbench {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using testing::failure_text;
using ::testing::HasSubstr;

std::vector<float> normals(std::size_t count, std::uint64_t stream, unsigned threads = 1) {
  std::vector<float> values(count);
  fill_normal(values, stream, threads);
  return values;
}

// FNV-1a over the bits, little end first.
std::uint64_t checksum(std::span<const float> values) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8)
      hash = (hash ^ ((bits >> shift) & 0xFFU)) * 0x100000001B3U;
  }
  return hash;
}

ir::Graph small_graph() {
  ir::GraphBuilder builder("g");
  const auto ids = builder.input("ids", DType::I64, {ir::kBatch, ir::kSeq});
  const auto embedded = builder.embedding(ids, builder.parameter("table", {50, 8}));
  const auto normed = builder.layer_norm(embedded, builder.parameter("norm.weight", {8}),
                                         builder.parameter("norm.bias", {8}), 1e-12);
  const auto weight = builder.parameter("qk", {6, 8}, DType::F32, {"q", "k"});
  builder.output("output", builder.linear(normed, weight, builder.parameter("dense.bias", {6})));
  return builder.build();
}

TEST(FillNormal, IsTheSameEverywhere) {
  const auto values = normals(100'001, stream_of(42, "encoder.layer.0.attention.self.query.weight"));
  EXPECT_THAT(std::vector<float>(values.begin(), values.begin() + 4),
              ElementsAre(0x1.e68cd6p-9F, 0x1.a92b6cp-6F, 0x1.626b02p-6F, -0x1.c5577ap-6F));
  EXPECT_EQ(checksum(values), 0xD0BF0B85F793B780U);
}

TEST(FillNormal, DoesNotDependOnThreadsOrLength) {
  const auto whole = normals(300'001, 5);
  for (const unsigned threads : {0U, 2U, 3U, 100U}) EXPECT_EQ(normals(300'001, 5, threads), whole) << threads;
  const auto part = normals(70'000, 5);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()));
  EXPECT_TRUE(normals(0, 5, 4).empty());
}

TEST(FillNormal, HasTheMomentsItPromises) {
  constexpr std::size_t kCount = 400'000;
  double sum = 0;
  double square = 0;
  double fourth = 0;
  for (const float value : normals(kCount, 9, 2)) {
    const double z = static_cast<double>(value) / 0.02;
    sum += z;
    square += z * z;
    fourth += z * z * z * z;
    ASSERT_LE(std::abs(z), 8.11);
  }
  // Bounds of five standard errors.
  EXPECT_NEAR(sum / kCount, 0, 5 / std::sqrt(kCount));
  EXPECT_NEAR(square / kCount, 1, 5 * std::sqrt(2.0 / kCount));
  EXPECT_NEAR(fourth / kCount / std::pow(square / kCount, 2) - 3, -0.031, 5 * std::sqrt(24.0 / kCount));
}

TEST(StreamOf, DiffersByNameAndSeed) {
  EXPECT_NE(stream_of(1, "a"), stream_of(1, "b"));
  EXPECT_NE(stream_of(1, "a"), stream_of(2, "a"));
  EXPECT_NE(normals(1000, stream_of(1, "a")), normals(1000, stream_of(1, "b")));
}

TEST(SyntheticWeights, FollowsTheUseOfEachParameter) {
  SyntheticWeights weights(small_graph(), 3);
  EXPECT_EQ(weights.kind(), "synthetic");
  EXPECT_THAT(to_float(weights.read("norm.weight").view), Each(1.0F));
  EXPECT_THAT(to_float(weights.read("norm.bias").view), Each(0.0F));
  EXPECT_THAT(to_float(weights.read("dense.bias").view), Each(0.0F));
  const auto table = weights.read("table");
  EXPECT_THAT(table.view.shape, ElementsAre(50, 8));
  EXPECT_EQ(to_float(table.view), normals(400, stream_of(3, "table")));
  EXPECT_THAT(weights.read("k").view.shape, ElementsAre(3, 8));
  EXPECT_FALSE(weights.contains("qk"));
}

TEST(SyntheticWeights, OfConvolutionsKeepTheVariance) {
  ir::GraphBuilder builder("g");
  auto x = builder.input("x", DType::F32, {ir::kBatch, 16, 8, 8});
  x = builder.convolution(x, builder.parameter("plain", {64, 8, 3, 3}), std::nullopt, {.groups = 2});
  x = builder.transposed_convolution(x, builder.parameter("up", {64, 32, 4, 4}), std::nullopt,
                                     {.stride = {2, 2}});
  const auto norm = [&](const std::string& name) { return builder.parameter(name, {32}); };
  builder.output("output",
                 builder.batch_norm(x, norm("scale"), norm("shift"), norm("mean"), norm("variance"), 1e-5));
  SyntheticWeights weights(builder.build(), 3);
  const auto deviation = [&](const char* name) {
    double squares = 0;
    const auto values = to_float(weights.read(name).view);
    for (const float value : values) squares += double{value} * double{value};
    return std::sqrt(squares / static_cast<double>(values.size()));
  };
  EXPECT_NEAR(deviation("plain"), 1 / std::sqrt(8 * 9), 0.005);
  EXPECT_NEAR(deviation("up"), 1 / std::sqrt(64 * 4), 0.003);
  EXPECT_THAT(to_float(weights.read("variance").view), Each(1.0F));
  EXPECT_THAT(to_float(weights.read("mean").view), Each(0.0F));
}

TEST(SyntheticWeights, ReadingAgainOrInAnotherOrderGivesTheSame) {
  SyntheticWeights weights(small_graph(), 3);
  SyntheticWeights others(small_graph(), 3);
  const auto k = to_float(weights.read("k").view);
  const auto q = to_float(weights.read("q").view);
  EXPECT_EQ(to_float(others.read("q").view), q);
  EXPECT_EQ(to_float(others.read("k").view), k);
  EXPECT_EQ(to_float(weights.read("k").view), k);
  EXPECT_NE(q, k);
}

TEST(SyntheticWeights, UnknownNameIsAUsageError) {
  SyntheticWeights weights(small_graph(), 3);
  EXPECT_THAT(failure_text([&] { static_cast<void>(weights.read("nothing")); }),
              HasSubstr("usage: the model has no parameter 'nothing'"));
}

}  // namespace
}  // namespace medbench
