// What the writer writes. That plug-ins compile it and compute the right numbers is the conformance suite's
// business.
#include "tests/support/golden.hpp"

#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "lower/stablehlo/stablehlo.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/image_graph.hpp"

namespace medbench::lower {
namespace {

using ir::GraphBuilder;
using ir::kBatch;
using ir::kSeq;
using ir::ValueId;

TEST(StableHloGolden, EmbeddingLinearNormAndAttention) {
  GraphBuilder graph("tiny");
  const ValueId ids = graph.input("ids", DType::I64, {kBatch, kSeq});
  const ValueId mask = graph.input("mask", DType::I64, {kBatch, kSeq});
  const ValueId words = graph.embedding(ids, graph.parameter("table", {10, 4}));
  const ValueId weight = graph.parameter("weight", {4, 4});
  const ValueId bias = graph.parameter("bias", {4});
  const ValueId dense = graph.fused_linear(words, weight, bias, ir::Activation::GeluErf, words);
  const ValueId norm = graph.layer_norm(dense, bias, bias, 1e-12);
  graph.output("y", graph.attention(norm, norm, norm, mask, 2));
  testing::expect_golden("stablehlo_tiny.mlir", to_stablehlo(graph.build(), testing::batch_seq(2, 3)).text);
}

TEST(StableHloGolden, Images) {
  testing::expect_golden("stablehlo_images.mlir",
                         to_stablehlo(testing::every_image_operation(), {{Axis::Batch, 2}}).text);
}

TEST(StableHloGolden, QuantizedLinear) {
  GraphBuilder graph("quantized");
  const ValueId x = graph.input("x", DType::F32, {kBatch, 4});
  const ValueId weight = graph.parameter("weight", {3, 4});
  const ValueId bias = graph.parameter("bias", {3});
  graph.output("y", graph.quantized_linear(x, weight, bias, {}));
  testing::expect_golden("stablehlo_quantized.mlir",
                         to_stablehlo(graph.build(), testing::batch_seq(2, 1)).text);
}

}  // namespace
}  // namespace medbench::lower
