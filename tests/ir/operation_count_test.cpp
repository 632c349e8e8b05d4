#include "ir/operation_count.hpp"

#include <array>
#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"

namespace medbench::ir {
namespace {

Graph linear_then_attention() {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kBatch, kSeq, 8});
  const ValueId mask = graph.input("mask", DType::I64, {kBatch, kSeq});
  const ValueId q = graph.linear(x, graph.parameter("w", {6, 8}), graph.parameter("b", {6}));
  const ValueId attended = graph.attention(q, q, q, mask, 3);
  graph.output("y", graph.softmax(graph.add(attended, q)));
  return graph.build();
}

TEST(OperationCount, CountsTheMatrixProductsOnly) {
  const std::int64_t batch = 2;
  const std::int64_t seq = 5;
  const std::int64_t linear = 2 * (batch * seq) * 6 * 8;
  const std::int64_t attention = 2 * (2 * batch * seq * seq * 6);
  EXPECT_EQ(operation_count(linear_then_attention(), testing::batch_seq(batch, seq)), linear + attention);
}

TEST(OperationCount, CountsQuantizedProductsAlike) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kBatch, kSeq, 8});
  graph.output("y", graph.quantized_linear(x, graph.parameter("w", {6, 8}), graph.parameter("b", {6}), {}));
  EXPECT_EQ(operation_count(graph.build(), testing::batch_seq(2, 5)), 2 * (2 * 5) * 6 * 8);
}

TEST(OperationCount, CountsTokens) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kTokens, 8});
  graph.output("y", graph.linear(x, graph.parameter("w", {6, 8}), graph.parameter("b", {6})));
  EXPECT_EQ(operation_count(graph.build(), {{Axis::Tokens, 5}}), 2 * 5 * 6 * 8);
}

TEST(OperationCount, CountsAttentionWithinTexts) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kTokens, 8});
  const ValueId offsets = graph.input("offsets", DType::I64, {kBatch + 1});
  graph.output("y", graph.packed_attention(x, x, x, offsets, 2));
  const Graph built = graph.build();
  const Axes axes{{Axis::Batch, 2}, {Axis::Tokens, 5}};
  EXPECT_EQ(operation_count(built, axes, std::array<std::int64_t, 2>{2, 3}), 4 * 8 * (2 * 2 + 3 * 3));
  EXPECT_EQ(moved_elements(built, axes, std::array<std::int64_t, 2>{2, 3}), 4 * (5 * 8) + 3);
  testing::expect_error(ErrorKind::Internal, "whose lengths nobody gave",
                        [&] { (void)operation_count(built, axes); });
}

TEST(OperationCount, CountsConvolutions) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kBatch, 6, 7, 9});
  const ValueId y = graph.convolution(x, graph.parameter("w", {4, 3, 3, 2}), graph.parameter("b", {4}),
                                      {.stride = {2, 1}, .groups = 2});  // [batch, 4, 3, 8]
  // Each element of y goes into 5 channels, each of 2 x 2 elements.
  const ValueId up =
      graph.transposed_convolution(y, graph.parameter("u", {4, 5, 2, 2}), std::nullopt, {.stride = {2, 2}});
  graph.output("y", graph.global_average_pool(graph.instance_norm(up, 1e-5)));
  const std::int64_t convolution = 2 * (10 * 4 * 3 * 8) * (3 * 3 * 2);
  const std::int64_t transposed = 2 * (10 * 4 * 3 * 8) * (5 * 2 * 2);
  const ir::Graph built = graph.build();
  EXPECT_EQ(operation_count(built, {{Axis::Batch, 10}}), convolution + transposed);
  const std::int64_t moved_by_convolution = 10 * 6 * 7 * 9 + 4 * 3 * 3 * 2 + 4 + 10 * 4 * 3 * 8;
  const std::int64_t moved_by_transposed = 10 * 4 * 3 * 8 + 4 * 5 * 2 * 2 + 10 * 5 * 6 * 16;
  EXPECT_EQ(moved_elements(built, {{Axis::Batch, 10}}), moved_by_convolution + moved_by_transposed);
}

TEST(OperationCount, CountsIntegersAsTheNumbersTheyStandFor) {
  GraphBuilder graph("g");
  const ValueId x = graph.fake_quantize(graph.input("x", DType::F32, {kBatch, 6, 7, 9}), {.max = 1});
  graph.output("y", graph.quantized_convolution(x, graph.parameter("w", {4, 6, 3, 2}), std::nullopt));
  EXPECT_EQ(operation_count(graph.build(), {{Axis::Batch, 10}}), 2 * (10 * 4 * 5 * 8) * (6 * 3 * 2));
}

TEST(OperationCount, RefusesWhatDoesNotFit) {
  // Each product alone would fit.
  testing::expect_error(ErrorKind::Usage, "the operations of 'g' at 18014398509481984 x 4 do not fit", [] {
    (void)operation_count(linear_then_attention(), testing::batch_seq(std::int64_t{1} << 54, 4));
  });
}

}  // namespace
}  // namespace medbench::ir
