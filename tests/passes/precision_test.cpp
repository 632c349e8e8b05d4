#include "passes/precision.hpp"

#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "ir/printer.hpp"
#include "ir/verifier.hpp"
#include "passes/passes.hpp"
#include "tests/support/errors.hpp"

namespace medbench::passes {
namespace {

using ir::GraphBuilder;
using ir::ValueId;

ir::Graph small_graph() {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {ir::kBatch, 2});
  const ValueId ids = graph.input("ids", DType::I64, {ir::kBatch});
  const ValueId rows = graph.embedding(ids, graph.parameter("table", {3, 2}), "rows");
  const ValueId as_float = graph.cast(ids, DType::F32, "as_float");
  graph.output("sum", graph.add(x, rows, "sum"));
  graph.output("as_float", as_float);
  graph.output("ids", ids);
  graph.output("x", x);
  return graph.build();
}

TEST(LowerPrecision, LowersAllButTheInterface) {
  const ir::Graph lowered = lower_precision(small_graph(), DType::BF16);
  EXPECT_NO_THROW(ir::verify(lowered));
  EXPECT_EQ(to_string(lowered),
            "graph g\n"
            "  %x: F32[batch, 2] = Input\n"
            "  %ids: I64[batch] = Input\n"
            "  %table: BF16[3, 2] = Parameter\n"
            "  %x.cast: BF16[batch, 2] = Cast(%x) {to=BF16}\n"
            "  %rows: BF16[batch, 2] = Embedding(%ids, %table)\n"
            "  %as_float: BF16[batch] = Cast(%ids) {to=BF16}\n"
            "  %sum: BF16[batch, 2] = Add(%x.cast, %rows)\n"
            "  %sum.cast: F32[batch, 2] = Cast(%sum) {to=F32}\n"
            "  %as_float.cast: F32[batch] = Cast(%as_float) {to=F32}\n"
            "  output sum = %sum.cast\n"
            "  output as_float = %as_float.cast\n"
            "  output ids = %ids\n"
            "  output x = %x\n");
}

TEST(LowerPrecision, KnowsItsTypes) {
  EXPECT_EQ(to_string(lower_precision(small_graph(), DType::F32)), to_string(small_graph()));
  EXPECT_EQ(precision_of(lower_precision(small_graph(), DType::F16)), "fp16");
  testing::expect_error(ErrorKind::Internal, "cannot lower a graph to I64",
                        [] { (void)lower_precision(small_graph(), DType::I64); });
}

TEST(PrecisionOf, NamesWhatComputes) {
  EXPECT_EQ(precision_of(small_graph()), "fp32");
  EXPECT_EQ(precision_of(lower_precision(small_graph(), DType::BF16)), "bf16");
  GraphBuilder graph("mixed");
  const ValueId x = graph.input("x", DType::F32, {ir::kBatch, 2});
  graph.output("y", graph.softmax(graph.cast(graph.silu(graph.cast(x, DType::BF16)), DType::F32)));
  EXPECT_EQ(precision_of(graph.build()), "fp32+bf16");
}

TEST(PrecisionOf, CountsLinearLayersWhereSomeAreQuantized) {
  using ir::ActivationQuantization;
  using ir::QuantizedLinear;
  const auto precision = [](bool plain, const std::vector<ActivationQuantization>& inputs) {
    GraphBuilder graph("g");
    ValueId x = graph.input("x", DType::F32, {ir::kBatch, 2});
    const ValueId weight = graph.parameter("w", {2, 2});
    const ValueId bias = graph.parameter("b", {2});
    if (plain) x = graph.linear(x, weight, bias);
    for (const ActivationQuantization input : inputs)
      x = graph.quantized_linear(x, weight, bias, QuantizedLinear{.input = input});
    graph.output("y", graph.layer_norm(x, bias, bias, 1e-5));
    return precision_of(graph.build());
  };
  EXPECT_EQ(precision(false, {ActivationQuantization::Dynamic}), "int8");
  EXPECT_EQ(precision(false, {ActivationQuantization::Static}), "int8");
  EXPECT_EQ(precision(false, {ActivationQuantization::None}), "int8-weights");
  EXPECT_EQ(precision(true, {ActivationQuantization::Dynamic}), "fp32+int8");
  EXPECT_EQ(precision(true, {ActivationQuantization::None, ActivationQuantization::Dynamic}),
            "fp32+int8-weights+int8");
}

TEST(Precision, HasNames) {
  EXPECT_EQ(dtype_of_precision("fp32"), DType::F32);
  EXPECT_EQ(dtype_of_precision("fp16"), DType::F16);
  EXPECT_EQ(dtype_of_precision("bf16"), DType::BF16);
  EXPECT_EQ(dtype_of_precision("int8"), std::nullopt);
  EXPECT_EQ(precision_of_dtype(DType::BF16), "bf16");
  testing::expect_error(ErrorKind::Internal, "I64 is the type of no precision",
                        [] { (void)precision_of_dtype(DType::I64); });
}

}  // namespace
}  // namespace medbench::passes
