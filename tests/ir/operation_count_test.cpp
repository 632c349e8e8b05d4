#include "ir/operation_count.hpp"

#include <gtest/gtest.h>
#include <limits>

#include "ir/builder.hpp"
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
  EXPECT_EQ(operation_count(linear_then_attention(), {batch, seq}), linear + attention);
}

TEST(OperationCount, CountsQuantizedProductsAlike) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kBatch, kSeq, 8});
  graph.output("y", graph.quantized_linear(x, graph.parameter("w", {6, 8}), graph.parameter("b", {6}), {}));
  EXPECT_EQ(operation_count(graph.build(), {2, 5}), 2 * (2 * 5) * 6 * 8);
}

TEST(OperationCount, RefusesWhatDoesNotFit) {
  testing::expect_error(ErrorKind::Usage, "", [] {
    (void)operation_count(linear_then_attention(), {std::int64_t{1} << 40, std::int64_t{1} << 20});
  });
}

}  // namespace
}  // namespace medbench::ir
