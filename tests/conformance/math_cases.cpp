// Operations that compute.
#include <array>
#include <fmt/core.h>

#include "tests/conformance/case_builder.hpp"

namespace medbench::conformance {
namespace {

using ir::Activation;
using ir::GraphBuilder;
using ir::kBatch;
using ir::kSeq;
using ir::ValueId;
using testing::batch_seq;
using testing::Mask;

constexpr std::array kActivations{Activation::None, Activation::GeluErf, Activation::GeluTanh,
                                  Activation::Relu, Activation::Tanh};

ValueId tokens(GraphBuilder& graph, std::int64_t width, const std::string& name = "x") {
  return graph.input(name, DType::F32, {kBatch, kSeq, width});
}

struct Sizes {
  std::int64_t in;
  std::int64_t out;
  Axes axes;
};
constexpr std::array kLinearSizes{Sizes{1, 1, batch_seq(1, 1)}, Sizes{7, 5, batch_seq(1, 3)},
                                  Sizes{64, 32, batch_seq(2, 8)}, Sizes{67, 129, batch_seq(3, 5)}};

}  // namespace

std::vector<Case> linear_cases() {
  CaseBuilder cases;
  for (const Sizes& sizes : kLinearSizes) {
    for (const Activation activation : kActivations) {
      for (const bool residual : {false, true}) {
        const auto build = [=](GraphBuilder& graph) {
          const ValueId weight = graph.parameter("weight", {sizes.out, sizes.in});
          const ValueId bias = graph.parameter("bias", {sizes.out});
          std::optional<ValueId> other;
          if (residual) other = tokens(graph, sizes.out, "residual");
          return graph.fused_linear(tokens(graph, sizes.in), weight, bias, activation, other);
        };
        cases.add(fmt::format("{}_to_{}_{}{}", sizes.in, sizes.out, to_string(activation),
                              residual ? "_residual" : ""),
                  sizes.axes, build);
      }
    }
  }
  for (const bool is_vector : {false, true}) {
    const auto build = [=](GraphBuilder& graph) {
      const ir::Shape shape = is_vector ? ir::Shape{9} : ir::Shape{kBatch, 9};
      return graph.linear(graph.input("x", DType::F32, shape), graph.parameter("weight", {4, 9}),
                          graph.parameter("bias", {4}));
    };
    cases.add(is_vector ? "vector" : "matrix", batch_seq(3, 1), build);
  }
  const auto concatenated = [](GraphBuilder& graph) {
    graph.parameter("top", {2, 6});
    graph.parameter("top_bias", {2});
    graph.parameter("bottom", {3, 6});
    graph.parameter("bottom_bias", {3});
    const ValueId weight = graph.parameter("weight", {5, 6}, DType::F32, {"top", "bottom"});
    const ValueId bias = graph.parameter("bias", {5}, DType::F32, {"top_bias", "bottom_bias"});
    return graph.linear(tokens(graph, 6), weight, bias);
  };
  cases.add("packed", {{Axis::Tokens, 5}}, [](GraphBuilder& graph) {
    return graph.linear(graph.input("x", DType::F32, {ir::kTokens, 6}), graph.parameter("weight", {4, 6}),
                        graph.parameter("bias", {4}));
  });
  cases.add("concatenated_parameters", batch_seq(2, 3), concatenated);
  return cases.take();
}

std::vector<Case> layer_norm_cases() {
  CaseBuilder cases;
  for (const std::int64_t width : {1, 7, 64, 129}) {
    for (const double epsilon : {1e-12, 1e-5}) {
      const auto build = [=](GraphBuilder& graph) {
        return graph.layer_norm(tokens(graph, width), graph.parameter("weight", {width}),
                                graph.parameter("bias", {width}), epsilon);
      };
      cases.add(fmt::format("width_{}_epsilon_{}", width, epsilon), batch_seq(2, 3), build, {.scale = 3});
    }
  }
  return cases.take();
}

std::vector<Case> activate_cases() {
  CaseBuilder cases;
  for (const Activation activation : kActivations) {
    for (const double scale : {5.0, 100.0}) {  // around the bend, and far out where exponentials overflow
      const auto build = [=](GraphBuilder& graph) { return graph.activate(tokens(graph, 33), activation); };
      cases.add(fmt::format("{}_scale_{}", to_string(activation), scale), batch_seq(2, 3), build,
                {.scale = scale});
    }
  }
  for (const double scale : {5.0, 100.0}) {
    cases.add(fmt::format("sigmoid_scale_{}", scale), batch_seq(2, 3),
              [](GraphBuilder& graph) { return graph.activate(tokens(graph, 33), Activation::Sigmoid); },
              {.scale = scale});
    cases.add(fmt::format("leaky_relu_scale_{}", scale), batch_seq(2, 3),
              [](GraphBuilder& graph) { return graph.leaky_relu(tokens(graph, 33), 0.2); }, {.scale = scale});
  }
  return cases.take();
}

std::vector<Case> silu_cases() {
  CaseBuilder cases;
  for (const double scale : {5.0, 100.0}) {
    cases.add(fmt::format("scale_{}", scale), batch_seq(3, 5),
              [](GraphBuilder& graph) { return graph.silu(tokens(graph, 11)); }, {.scale = scale});
  }
  return cases.take();
}

std::vector<Case> softmax_cases() {
  CaseBuilder cases;
  for (const std::int64_t width : {1, 5, 33}) {
    for (const double scale : {3.0, 30.0}) {
      cases.add(fmt::format("width_{}_scale_{}", width, scale), batch_seq(2, 3),
                [=](GraphBuilder& graph) { return graph.softmax(tokens(graph, width)); }, {.scale = scale});
    }
  }
  return cases.take();
}

std::vector<Case> attention_cases() {
  struct Heads {
    std::int64_t heads;
    std::int64_t depth;
    Axes axes;
  };
  constexpr std::array kHeads{Heads{1, 1, batch_seq(1, 1)}, Heads{2, 3, batch_seq(3, 7)},
                              Heads{4, 8, batch_seq(2, 16)}, Heads{3, 16, batch_seq(2, 33)}};
  constexpr std::array kMasks{std::pair{Mask::Full, "full"}, std::pair{Mask::Padded, "padded"},
                              std::pair{Mask::Holes, "holes"}};
  CaseBuilder cases;
  for (const Heads& sizes : kHeads) {
    for (const auto& [mask, mask_name] : kMasks) {
      for (const DType mask_type : {DType::I64, DType::I32}) {
        const auto build = [&](GraphBuilder& graph) {
          const std::int64_t width = sizes.heads * sizes.depth;
          const ValueId q = tokens(graph, width, "q");
          const ValueId k = tokens(graph, width, "k");
          const ValueId v = tokens(graph, width, "v");
          return graph.attention(q, k, v, graph.input("mask", mask_type, {kBatch, kSeq}), sizes.heads);
        };
        cases.add(fmt::format("{}x{}_{}_{}", sizes.heads, sizes.depth, mask_name, to_string(mask_type)),
                  sizes.axes, build, {.scale = 2, .mask = mask});
      }
    }
  }
  return cases.take();
}

std::vector<Case> add_cases() {
  CaseBuilder cases;
  const auto add_shapes = [&cases](const std::string& name, const ir::Shape& a, const ir::Shape& b) {
    cases.add(name, batch_seq(2, 3), [&](GraphBuilder& graph) {
      return graph.add(graph.input("a", DType::F32, a), graph.input("b", DType::F32, b));
    });
  };
  add_shapes("same", {kBatch, kSeq, 7}, {kBatch, kSeq, 7});
  add_shapes("row", {kBatch, kSeq, 7}, {7});
  add_shapes("row_first", {7}, {kBatch, kSeq, 7});
  add_shapes("positions", {kBatch, kSeq, 7}, {kSeq, 7});
  add_shapes("both_broadcast", {kBatch, 1, 7}, {kSeq, 1});
  add_shapes("scalar", {kBatch, 7}, {});
  cases.add("parameter", batch_seq(2, 3),
            [](GraphBuilder& graph) { return graph.add(tokens(graph, 5), graph.parameter("p", {5})); });
  return cases.take();
}

}  // namespace medbench::conformance
