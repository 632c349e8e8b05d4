// Graphs that say themselves which integers to use. All of them fit into the 16 bits that processors without
// VNNI keep of two products.
#include <array>
#include <fmt/core.h>

#include "tests/conformance/case_builder.hpp"

namespace medbench::conformance {
namespace {

using ir::Activation;
using ir::ActivationQuantization;
using ir::GraphBuilder;
using ir::kBatch;
using ir::kSeq;
using ir::QuantizedLinear;
using ir::ValueId;

struct Integers {
  std::int32_t weight_max;
  std::int32_t activation_max;
};
constexpr std::array kIntegers{Integers{63, 255}, Integers{127, 127}, Integers{90, 181}, Integers{7, 255}};

ValueId layer(GraphBuilder& graph, ValueId x, std::int64_t in, std::int64_t out, const QuantizedLinear& op) {
  std::optional<ValueId> residual;
  if (op.residual) residual = graph.input("residual", DType::F32, {kBatch, kSeq, out});
  return graph.quantized_linear(x, graph.parameter("weight", {out, in}), graph.parameter("bias", {out}), op,
                                residual);
}

}  // namespace

std::vector<Case> quantized_linear_cases() {
  CaseBuilder cases;
  const auto add = [&cases](const std::string& name, std::int64_t in, std::int64_t out,
                            const QuantizedLinear& op, const InputRules& rules) {
    const auto build = [&](GraphBuilder& graph) {
      return layer(graph, graph.input("x", DType::F32, {kBatch, kSeq, in}), in, out, op);
    };
    cases.add(fmt::format("{}_{}_to_{}", name, in, out), testing::batch_seq(2, 5), build, rules);
  };
  for (const Integers& integers : kIntegers) {
    for (const ActivationQuantization input :
         {ActivationQuantization::None, ActivationQuantization::Dynamic, ActivationQuantization::Static}) {
      const QuantizedLinear op{.input = input,
                               .weight_max = integers.weight_max,
                               .activation_max = integers.activation_max,
                               .input_min = -0.5,
                               .input_max = 0.75};  // narrower than the inputs, which saturate
      const std::string name =
          fmt::format("{}_{}_{}", to_string(input), integers.weight_max, integers.activation_max);
      add(name, 67, 33, op, {});
      add(name, 1, 1, op, {});
    }
  }
  for (const Activation activation :
       {Activation::GeluErf, Activation::GeluTanh, Activation::Relu, Activation::Tanh}) {
    for (const bool residual : {false, true}) {
      add(fmt::format("{}{}", to_string(activation), residual ? "_residual" : ""), 24, 16,
          {.activation = activation, .residual = residual, .weight_max = 90, .activation_max = 181}, {});
    }
  }
  for (const std::int64_t group : {32, 64}) {
    const std::string name = fmt::format("groups_{}", group);
    add(name + "_weights", 67, 33, {.input = ActivationQuantization::None, .group = group}, {});
    add(name + "_weights", 128, 32, {.input = ActivationQuantization::None, .weight_max = 7, .group = group},
        {});
    const QuantizedLinear op{.activation_max = 180, .group = group, .int16_sums = true};
    add(name, 67, 33, op, {});
    add(name, 128, 32, op, {});
    add(name + "_wide", 128, 32, {.group = group}, {});
    QuantizedLinear last = op;
    last.activation = Activation::GeluErf;
    add(name + "_gelu", 128, 32, last, {});
    last.residual = true;
    add(name + "_gelu_residual", 128, 32, last, {});
    last.activation = Activation::None;
    add(name + "_residual", 128, 32, last, {});
  }
  add("residual", 24, 16, {.residual = true, .weight_max = 90, .activation_max = 181}, {});
  add("small_x", 16, 16, {.weight_max = 63}, {.scale = 0.01});
  add("zeros", 16, 16, {.weight_max = 63}, {.scale = 0});
  return cases.take();
}

}  // namespace medbench::conformance
