// The kernels of every instruction set that this processor has, against the interpreter.
#include "kernels/int8_groups.hpp"

#include <cmath>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <limits>
#include <optional>
#include <vector>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "ir/quantization.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::kernels {
namespace {

struct Layer {
  HostTensor x;                        // [rows, in]
  HostTensor weight;                   // [out, in]
  HostTensor bias;                     // [out]
  std::optional<HostTensor> residual;  // [rows, out]
};

HostTensor copy(const HostTensor& tensor) {
  return HostTensor::from_f32(tensor.shape(), tensor.f32());
}

HostTensor interpreted(const ir::QuantizedLinear& op, const Layer& layer) {
  const auto shape_of = [](const HostTensor& tensor) {
    return ir::Shape(tensor.shape().begin(), tensor.shape().end());
  };
  ir::GraphBuilder graph("layer");
  testing::MemoryParameters parameters;
  NamedTensors inputs;
  inputs["x"] = copy(layer.x);
  parameters.set("w", copy(layer.weight));
  parameters.set("b", copy(layer.bias));
  const ir::ValueId x = graph.input("x", DType::F32, shape_of(layer.x));
  std::optional<ir::ValueId> added;
  if (layer.residual) {
    inputs["r"] = copy(*layer.residual);
    added = graph.input("r", DType::F32, shape_of(*layer.residual));
  }
  const ir::ValueId weight = graph.parameter("w", shape_of(layer.weight));
  const ir::ValueId bias = graph.parameter("b", shape_of(layer.bias));
  graph.output("y", graph.quantized_linear(x, weight, bias, op, added));
  return std::move(ir::interpret(graph.build(), parameters, {}, inputs).at("y"));
}

// Rows and panels in two parts each, as two threads would take them.
HostTensor multiplied(const ir::QuantizedLinear& op, const Layer& layer, Isa isa) {
  const PackedGroups packed = pack_groups(ir::quantize_weight_of(op, layer.weight.view()));
  const GroupedWeights weights = view_of(packed);
  const std::int64_t count = layer.x.shape().front();
  HostTensor y(DType::F32, {count, packed.shape.out});
  GroupedRows rows;
  rows.resize(packed.shape, count);
  const float* x = layer.x.f32().data();
  round_rows(weights, x, 0, count / 2, op.activation_max, rows, isa);
  round_rows(weights, x, count / 2, count, op.activation_max, rows, isa);
  const Output output{.bias = layer.bias.f32().data(),
                      .residual = layer.residual ? layer.residual->f32().data() : nullptr,
                      .y = y.f32().data()};
  const std::int64_t panels = packed.shape.panels();
  multiply_panels(weights, rows, count, panels / 2, panels, output, isa);
  multiply_panels(weights, rows, count, 0, panels / 2, output, isa);
  return y;
}

class Int8Groups : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!has_isa(GetParam())) GTEST_SKIP() << "this processor has no " << to_string(GetParam());
  }
  // What this instruction set multiplies without saturation.
  static ir::QuantizedLinear operation(std::int64_t group) {
    ir::QuantizedLinear op{.group = group};
    op.int16_sums = GetParam() == Isa::Avx2;
    if (op.int16_sums) op.activation_max = 180;
    return op;
  }
};

struct Sizes {
  std::int64_t rows;
  std::int64_t in;
  std::int64_t out;
};

TEST_P(Int8Groups, AreThoseOfTheInterpreter) {
  for (const std::int64_t group : {32, 64, 256}) {
    for (const Sizes& sizes : {Sizes{1, 1, 1}, Sizes{2, 31, 15}, Sizes{3, 32, 16}, Sizes{7, 67, 33},
                               Sizes{9, 300, 48}, Sizes{17, 64, 40}, Sizes{40, 1024, 19}}) {
      SCOPED_TRACE(fmt::format("{} x {} to {} in groups of {}", sizes.rows, sizes.in, sizes.out, group));
      Layer layer{.x = testing::random_floats({sizes.rows, sizes.in}, 1),
                  .weight = testing::random_floats({sizes.out, sizes.in}, 2),
                  .bias = testing::random_floats({sizes.out}, 3),
                  .residual = std::nullopt};
      ir::QuantizedLinear op = operation(group);
      // A number between two integers may fall on either: a step of one product.
      const testing::Bound bound{0.02, 0.001};
      EXPECT_TRUE(testing::close(multiplied(op, layer, GetParam()), interpreted(op, layer), bound));
      layer.residual = testing::random_floats({sizes.rows, sizes.out}, 4);
      op.residual = true;
      EXPECT_TRUE(testing::close(multiplied(op, layer, GetParam()), interpreted(op, layer), bound));
    }
  }
}

// Weights of one sign and the largest x: sums that are too large for 16 bits are lost by thousands.
TEST_P(Int8Groups, KeepTheLargestSums) {
  constexpr std::int64_t kIn = 256;
  for (const float sign : {1.0F, -1.0F}) {
    const std::vector<float> ones(static_cast<std::size_t>(kIn), 1);
    const std::vector<float> weights(static_cast<std::size_t>(16 * kIn), sign);
    const Layer layer{.x = HostTensor::from_f32({1, kIn}, ones),
                      .weight = HostTensor::from_f32({16, kIn}, weights),
                      .bias = HostTensor(DType::F32, {16}),
                      .residual = std::nullopt};
    for (const std::int64_t group : {32, 64}) {
      const HostTensor y = multiplied(operation(group), layer, GetParam());
      for (const float sum : y.f32()) EXPECT_NEAR(sum, sign * kIn, 3);
    }
  }
}

TEST_P(Int8Groups, RowsThatAreNotFiniteAreNaN) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float odd : {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN()}) {
    Layer layer{.x = testing::random_floats({3, 96}, 1),
                .weight = testing::random_floats({20, 96}, 2),
                .bias = testing::random_floats({20}, 3),
                .residual = std::nullopt};
    layer.x.f32()[96 + 40] = odd;
    const HostTensor y = multiplied(operation(32), layer, GetParam());
    for (std::size_t i = 0; i < y.f32().size(); ++i) EXPECT_EQ(std::isnan(y.f32()[i]), i / 20 == 1) << i;
    EXPECT_TRUE(testing::close(y, interpreted(operation(32), layer), {0.02, 0.001}));
  }
}

INSTANTIATE_TEST_SUITE_P(AllSets, Int8Groups, ::testing::Values(Isa::Portable, Isa::Avx2, Isa::Avx512Vnni),
                         [](const auto& isa) { return std::string{to_string(isa.param)}; });

TEST(PackGroups, RefusesWeightsWithoutGroups) {
  const HostTensor weight = testing::random_floats({4, 64}, 1);
  testing::expect_error(ErrorKind::Internal, "cannot be packed",
                        [&] { (void)pack_groups(ir::quantize_weight(weight.view(), 127)); });
}

TEST(BestIsa, IsNeverOneThatSaturates) {
  EXPECT_NE(best_isa(false), Isa::Avx2);
  EXPECT_TRUE(has_isa(best_isa(true)));
}

TEST(BestIsa, IsOneThatTheVariablesLeave) {
  const testing::ScopedEnvironment dnnl("DNNL_MAX_CPU_ISA", std::nullopt);
  const testing::ScopedEnvironment aten("ATEN_CPU_CAPABILITY", std::nullopt);
  const Isa avx2 = has_isa(Isa::Avx2) ? Isa::Avx2 : Isa::Portable;
  const Isa best = has_isa(Isa::Avx512Vnni) ? Isa::Avx512Vnni : avx2;
  struct Row {
    const char* value;
    Isa isa;
  };
  for (const Row& row : {Row{"AVX", Isa::Portable}, Row{"AVX2", avx2}, Row{"AVX512_CORE", avx2},
                         Row{"AVX512_CORE_VNNI", best}, Row{"DEFAULT", best}, Row{"ALL", best}}) {
    const testing::ScopedEnvironment limit("ONEDNN_MAX_CPU_ISA", row.value);
    EXPECT_EQ(best_isa(true), row.isa) << row.value;
  }
}

}  // namespace
}  // namespace medbench::kernels
