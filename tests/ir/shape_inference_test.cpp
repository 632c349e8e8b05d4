#include "ir/shape_inference.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "ir/builder.hpp"
#include "tests/support/errors.hpp"

namespace medbench::ir {
namespace {

using testing::expect_error;

class ShapeInference : public ::testing::Test {
 protected:
  void refuse(const Op& op, const std::vector<ValueId>& inputs, const std::string& message) {
    expect_error(ErrorKind::Internal, "node 'n' (" + std::string{name_of(op)} + ") " + message,
                 [&] { builder.apply(op, inputs, "n"); });
  }

  GraphBuilder builder{"g"};
  ValueId x = builder.input("x", DType::F32, {kBatch, kSeq, 8});
  ValueId ids = builder.input("ids", DType::I64, {kBatch, kSeq});
  ValueId row8 = builder.parameter("vector", {8});
  ValueId matrix = builder.parameter("matrix", {6, 8});
  ValueId half = builder.parameter("half", {8}, DType::BF16);
};

TEST_F(ShapeInference, Embedding) {
  EXPECT_EQ(builder.shape(builder.embedding(ids, matrix)), (Shape{kBatch, kSeq, 8}));
  refuse(Embedding{}, {x, matrix}, "expects 'x' to be I64 or I32, found F32");
  refuse(Embedding{}, {ids, row8}, "expects a table [rows, width], found [8]");
  refuse(Embedding{}, {ids, ids}, "expects 'ids' to be floating point, found I64");
}

TEST_F(ShapeInference, Linear) {
  const ValueId bias = builder.parameter("bias", {6});
  const ValueId y = builder.linear(x, matrix, bias);
  EXPECT_EQ(builder.shape(y), (Shape{kBatch, kSeq, 6}));
  EXPECT_EQ(builder.shape(builder.fused_linear(x, matrix, bias, Activation::Relu, y)),
            (Shape{kBatch, kSeq, 6}));
  EXPECT_EQ(builder.shape(builder.linear(row8, matrix, bias)), (Shape{6}));
  refuse(Linear{}, {x, matrix, row8}, "expects 'vector' to be [6], found [8]");
  refuse(Linear{}, {y, matrix, bias}, "expects 'matrix' to be [6, 6], found [6, 8]");
  refuse(Linear{}, {x, row8, bias}, "expects a weight [out, in], found [8]");
  refuse(Linear{Activation::None, true}, {x, matrix, bias, x}, "expects 'x' to be [batch, seq, 6]");
  refuse(Linear{Activation::Silu}, {x, matrix, bias}, "cannot apply silu: it needs a node of its own");
  refuse(Linear{Activation::None, true}, {x, matrix, bias}, "takes 4 inputs, found 3");
  refuse(Linear{}, {x, matrix, half}, "expects one type, found F32 for 'x' and BF16 for 'half'");
  const ValueId scalar = builder.parameter("scalar", {});
  refuse(Linear{}, {scalar, matrix, bias}, "expects 'scalar' to have at least 1 dimensions, found []");
}

TEST_F(ShapeInference, QuantizedLinear) {
  const ValueId bias = builder.parameter("bias", {6});
  const ValueId y = builder.quantized_linear(x, matrix, bias, {});
  EXPECT_EQ(builder.shape(y), (Shape{kBatch, kSeq, 6}));
  EXPECT_EQ(builder.shape(builder.quantized_linear(x, matrix, bias, {}, y)), (Shape{kBatch, kSeq, 6}));
  refuse(QuantizedLinear{}, {x, matrix, row8}, "expects 'vector' to be [6], found [8]");
  refuse(QuantizedLinear{.residual = true}, {x, matrix, bias}, "takes 4 inputs, found 3");
  refuse(QuantizedLinear{.weight_max = 128}, {x, matrix, bias}, "expects weight_max in [1, 127], found 128");
  refuse(QuantizedLinear{.group = 48}, {x, matrix, bias}, "expects a group of a multiple of 32, found 48");
  refuse(QuantizedLinear{.input = ActivationQuantization::Static, .group = 32}, {x, matrix, bias},
         "expects no groups where the range of x is static");
  refuse(QuantizedLinear{.int16_sums = true}, {x, matrix, bias}, "expects int16_sums only with groups");
  refuse(QuantizedLinear{.weight_max = 0}, {x, matrix, bias}, "expects weight_max in [1, 127], found 0");
  refuse(QuantizedLinear{.activation_max = 256}, {x, matrix, bias},
         "expects activation_max in [1, 255], found 256");
}

TEST_F(ShapeInference, StaticRangesContainZero) {
  const ValueId bias = builder.parameter("bias", {6});
  const auto calibrated = [](double min, double max) {
    return QuantizedLinear{.input = ActivationQuantization::Static, .input_min = min, .input_max = max};
  };
  EXPECT_NO_THROW(builder.quantized_linear(x, matrix, bias, calibrated(-1, 0)));
  EXPECT_NO_THROW(builder.quantized_linear(x, matrix, bias, calibrated(0, 0)));
  refuse(calibrated(0.5, 1), {x, matrix, bias},
         "expects a finite range of x that contains 0, found [0.5, 1]");
  refuse(calibrated(-1, -0.5), {x, matrix, bias}, "expects a finite range");
  refuse(calibrated(0, std::numeric_limits<double>::infinity()), {x, matrix, bias}, "expects a finite range");
  refuse(calibrated(std::numeric_limits<double>::quiet_NaN(), 1), {x, matrix, bias},
         "expects a finite range");
}

TEST_F(ShapeInference, LayerNorm) {
  EXPECT_EQ(builder.shape(builder.layer_norm(x, row8, row8, 1e-5)), (Shape{kBatch, kSeq, 8}));
  refuse(LayerNorm{}, {x, row8, matrix}, "expects 'matrix' to be [8], found [6, 8]");
  refuse(LayerNorm{-1}, {x, row8, row8}, "expects an epsilon of at least 0, found -1");
  refuse(LayerNorm{std::numeric_limits<double>::quiet_NaN()}, {x, row8, row8}, "expects an epsilon");
}

TEST_F(ShapeInference, ElementwiseOperations) {
  EXPECT_EQ(builder.shape(builder.activate(x, Activation::Tanh)), builder.shape(x));
  EXPECT_EQ(builder.shape(builder.silu(x)), builder.shape(x));
  EXPECT_EQ(builder.shape(builder.softmax(x)), builder.shape(x));
  refuse(Activate{Activation::Relu}, {ids}, "expects 'ids' to be floating point");
  refuse(Activate{Activation::LeakyRelu, HUGE_VAL}, {x}, "expects a finite slope, found inf");
  refuse(Softmax{}, {ids}, "expects 'ids' to be floating point");
  refuse(Softmax{}, {}, "takes 1 inputs, found 0");
}

TEST_F(ShapeInference, Attention) {
  EXPECT_EQ(builder.shape(builder.attention(x, x, x, ids, 4)), builder.shape(x));
  refuse(Attention{3}, {x, x, x, ids}, "expects a width that its 3 heads divide, found 8");
  refuse(Attention{0}, {x, x, x, ids}, "expects a width that its 0 heads divide");
  refuse(Attention{2}, {x, x, x, x}, "expects 'x' to be I64 or I32");
  const ValueId narrow = builder.input("narrow", DType::F32, {kBatch, kSeq, 4});
  refuse(Attention{2}, {x, narrow, x, ids}, "expects 'narrow' to be [batch, seq, 8]");
  const ValueId row = builder.input("row", DType::I64, {kBatch});
  refuse(Attention{2}, {x, x, x, row}, "expects 'row' to be [batch, seq], found [batch]");
}

TEST_F(ShapeInference, PackedAttention) {
  const ValueId rows = builder.input("rows", DType::F32, {kTokens, 8});
  const ValueId offsets = builder.input("offsets", DType::I64, {kBatch + 1});
  EXPECT_EQ(builder.shape(builder.packed_attention(rows, rows, rows, offsets, 4)), (Shape{kTokens, 8}));
  refuse(PackedAttention{3}, {rows, rows, rows, offsets}, "expects a width that its 3 heads divide, found 8");
  refuse(PackedAttention{2}, {rows, rows, rows, rows}, "expects 'rows' to be I64 or I32");
  refuse(PackedAttention{2}, {x, x, x, offsets}, "expects 'x' to be [tokens, width], found [batch, seq, 8]");
  refuse(PackedAttention{2}, {rows, rows, rows, ids}, "expects 'ids' to be offsets [texts+1]");
  const ValueId narrow = builder.input("narrow", DType::F32, {kTokens, 4});
  refuse(PackedAttention{2}, {rows, narrow, rows, offsets}, "expects 'narrow' to be [tokens, 8]");
}

TEST_F(ShapeInference, AddBroadcasts) {
  EXPECT_EQ(builder.shape(builder.add(x, x)), builder.shape(x));
  EXPECT_EQ(builder.shape(builder.add(row8, x)), builder.shape(x));
  const ValueId column = builder.parameter("column", {5, 1});
  EXPECT_EQ(builder.shape(builder.add(column, row8)), (Shape{5, 8}));
  refuse(Add{}, {x, matrix}, "cannot broadcast [batch, seq, 8] and [6, 8]");
  refuse(Add{}, {x, half}, "expects one type");
  refuse(Add{}, {ids, ids}, "expects 'ids' to be floating point");
}

TEST_F(ShapeInference, ReshapeKeepsTheCount) {
  EXPECT_EQ(builder.shape(builder.reshape(x, {kBatch * kSeq, 2, 4})), (Shape{kBatch * kSeq, 2, 4}));
  refuse(Reshape{{kBatch, 8}}, {x}, "cannot turn [batch, seq, 8] into [batch, 8]");
  const std::int64_t huge = std::int64_t{1} << 40;
  refuse(Reshape{{huge, huge}}, {x}, "cannot turn");
}

TEST_F(ShapeInference, Transpose) {
  EXPECT_EQ(builder.shape(builder.transpose(x, {2, 0, 1})), (Shape{8, kBatch, kSeq}));
  refuse(Transpose{{0, 1}}, {x}, "expects a permutation of the 3 dimensions of 'x'");
  refuse(Transpose{{0, 1, 1}}, {x}, "expects a permutation");
  refuse(Transpose{{0, 1, 3}}, {x}, "expects a permutation");
  refuse(Transpose{{0, 1, -1}}, {x}, "expects a permutation");
  refuse(Transpose{{0, 1, 2, 2}}, {x}, "expects a permutation");
}

TEST_F(ShapeInference, Slice) {
  EXPECT_EQ(builder.shape(builder.slice(x, 2, 6, 2)), (Shape{kBatch, kSeq, 2}));
  EXPECT_EQ(builder.shape(builder.slice(x, 1, 0, 1)), (Shape{kBatch, 1, 8}));
  EXPECT_EQ(builder.shape(builder.slice(matrix, 0, 0, kSeq)), (Shape{kSeq, 8}));
  refuse(Slice{2, 6, 3}, {x}, "cannot take 3 from 6 on of axis 2 of [batch, seq, 8]");
  refuse(Slice{2, -1, 3}, {x}, "cannot take");
  refuse(Slice{2, 0, 0}, {x}, "cannot take");
  refuse(Slice{1, 1, kSeq}, {x}, "cannot take seq from 1 on");
  refuse(Slice{2, std::numeric_limits<std::int64_t>::max(), 1}, {x}, "cannot take");
  refuse(Slice{3, 0, 1}, {x}, "expects an axis of [batch, seq, 8], found 3");
  refuse(Slice{-1, 0, 1}, {x}, "expects an axis");
}

TEST_F(ShapeInference, PackedTokens) {
  const ValueId packed = builder.input("packed", DType::F32, {kTokens, 8});
  const ValueId y = builder.linear(packed, matrix, builder.parameter("bias", {6}));
  EXPECT_EQ(builder.shape(y), (Shape{kTokens, 6}));
  EXPECT_EQ(builder.shape(builder.reshape(y, {kTokens, 2, 3})), (Shape{kTokens, 2, 3}));
  refuse(Reshape{{kBatch * kSeq, 8}}, {packed}, "cannot turn [tokens, 8] into [batch*seq, 8]");
  refuse(Add{}, {packed, x}, "cannot broadcast [tokens, 8] and [batch, seq, 8]");
}

TEST_F(ShapeInference, Sums) {
  const ValueId ends = builder.input("ends", DType::F32, {kBatch + 1, kSeq, 8});
  EXPECT_EQ(builder.shape(builder.add(ends, ends)), (Shape{kBatch + 1, kSeq, 8}));
  EXPECT_EQ(builder.shape(builder.reshape(ends, {kSeq, kBatch + 1, 4, 2})), (Shape{kSeq, kBatch + 1, 4, 2}));
  EXPECT_EQ(builder.shape(builder.slice(ends, 0, 1, kBatch)), (Shape{kBatch, kSeq, 8}));
  EXPECT_EQ(builder.shape(builder.slice(ends, 0, 0, kBatch + 1)), (Shape{kBatch + 1, kSeq, 8}));
  refuse(Add{}, {ends, x}, "cannot broadcast [batch+1, seq, 8] and [batch, seq, 8]");
  refuse(Reshape{{kBatch, kSeq, 8}}, {ends}, "cannot turn [batch+1, seq, 8] into [batch, seq, 8]");
  refuse(Slice{0, 2, kBatch}, {ends}, "cannot take batch from 2 on of axis 0");
  refuse(Slice{0, 0, kBatch + 2}, {ends}, "cannot take batch+2 from 0 on");
  refuse(Slice{0, 0, kBatch + 1}, {x}, "cannot take batch+1 from 0 on");
  refuse(Slice{0, 0, kBatch + -1}, {ends}, "cannot take batch-1 from 0 on");
}

TEST_F(ShapeInference, Cast) {
  Graph graph;
  graph.values.push_back({"x", ValueKind::Input, DType::F32, {kBatch}, {}});
  EXPECT_EQ(infer_result(graph, {"n", Cast{DType::BF16}, {0}, 0}), (ValueType{DType::BF16, {kBatch}}));
  refuse(Cast{DType::F64}, {x}, "cannot cast to F64");
}

TEST_F(ShapeInference, RefusesValuesThatAreNotThere) {
  refuse(Softmax{}, {99}, "reads value 99, but the graph has only 5");
}

TEST(DimProduct, StopsAtOverflow) {
  EXPECT_EQ(dim_product({kBatch, 3, kSeq, 4}), Dim{12} * kBatch * kSeq);
  EXPECT_EQ(dim_product({kBatch + 1, 4}), std::nullopt);
  EXPECT_EQ(dim_product({}), Dim{1});
  EXPECT_EQ(dim_product({std::int64_t{1} << 40, std::int64_t{1} << 40}), std::nullopt);
  EXPECT_EQ(dim_product(Shape(200, kBatch)), std::nullopt);
}

}  // namespace
}  // namespace medbench::ir
