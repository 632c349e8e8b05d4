// Each pass, alone and in the orders that backends use, leaves the outputs of tiny encoders as they were.
#include <gtest/gtest.h>

#include "ir/interpreter.hpp"
#include "ir/verifier.hpp"
#include "passes/passes.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::passes {
namespace {

class Meaning : public ::testing::TestWithParam<testing::TinyBert> {
 protected:
  void expect_same(const ir::Graph& changed, const testing::Bound& bound) {
    ASSERT_NO_THROW(ir::verify(changed));
    testing::expect_close(run(changed), run(original), bound);
  }

  NamedTensors run(const ir::Graph& graph) {
    return ir::interpret(graph, tensors, GetParam().axes, GetParam().inputs(7));
  }

  ir::Graph original = GetParam().graph();
  testing::MemoryParameters tensors{testing::random_parameters(original, 11)};
  // A fused Linear rounds once where two operations rounded twice. Values are of the order of 1, one step of
  // rounding 6e-8.
  testing::Bound rounding{3e-6, 1e-6};
};

TEST_P(Meaning, FuseLinear) {
  expect_same(fuse_linear(original), rounding);
}

TEST_P(Meaning, FuseQkvIsExact) {
  expect_same(fuse_qkv(original), {});
}

TEST_P(Meaning, BindSymbolsIsExactAndLeavesNumbers) {
  const ir::Graph bound = bind_symbols(original, GetParam().axes);
  expect_same(bound, {});
  for (const ir::Value& value : bound.values) {
    for (const ir::Dim& dim : value.shape) EXPECT_TRUE(dim.is_static()) << value.name;
  }
}

TEST_P(Meaning, EliminateDeadCodeIsExact) {
  expect_same(eliminate_dead_code(original), {});
}

TEST_P(Meaning, AllTogetherInEitherOrder) {
  expect_same(eliminate_dead_code(fuse_qkv(fuse_linear(original))), rounding);
  expect_same(eliminate_dead_code(fuse_linear(fuse_qkv(original))), rounding);
}

TEST_P(Meaning, LowerPrecisionToBf16) {
  // 8 bits of mantissa, a few dozen roundings in a row.
  expect_same(lower_precision(original, DType::BF16), {0.2, 0.03});
  expect_same(lower_precision(fuse_linear(fuse_qkv(original)), DType::BF16), {0.2, 0.03});
}

TEST_P(Meaning, LowerPrecisionToF16) {
  expect_same(lower_precision(original, DType::F16), {0.025, 0.004});
}

TEST_P(Meaning, LowerPrecisionToF32ChangesNothing) {
  expect_same(lower_precision(original, DType::F32), {});
}

INSTANTIATE_TEST_SUITE_P(TinyBerts, Meaning, ::testing::ValuesIn(testing::tiny_berts()),
                         [](const auto& bert) { return bert.param.name; });

}  // namespace
}  // namespace medbench::passes
