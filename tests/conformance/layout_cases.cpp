// Operations that look up, move or convert, and graphs whose structure is awkward.
#include <fmt/core.h>

#include "tests/conformance/case_builder.hpp"

namespace medbench::conformance {
namespace {

using ir::GraphBuilder;
using ir::kBatch;
using ir::kSeq;
using ir::ValueId;
using testing::batch_seq;

ValueId tokens(GraphBuilder& graph, std::int64_t width) {
  return graph.input("x", DType::F32, {kBatch, kSeq, width});
}

}  // namespace

std::vector<Case> embedding_cases() {
  CaseBuilder cases;
  for (const DType type : {DType::I64, DType::I32}) {
    for (const std::int64_t width : {1, 7, 64}) {
      const auto build = [=](GraphBuilder& graph) {
        return graph.embedding(graph.input("ids", type, {kBatch, kSeq}),
                               graph.parameter("table", {13, width}));
      };
      cases.add(fmt::format("width_{}_{}", width, to_string(type)), batch_seq(3, 5), build, {.id_limit = 13});
    }
  }
  return cases.take();
}

std::vector<Case> reshape_cases() {
  CaseBuilder cases;
  cases.add("flatten", batch_seq(2, 3), [](GraphBuilder& graph) {
    return graph.reshape(tokens(graph, 6), {kBatch * kSeq, 6});
  });
  cases.add("split", batch_seq(2, 3), [](GraphBuilder& graph) {
    return graph.reshape(tokens(graph, 6), {kBatch, kSeq, 2, 3});
  });
  cases.add("of_a_transpose", batch_seq(2, 3), [](GraphBuilder& graph) {
    return graph.reshape(graph.transpose(tokens(graph, 6), {1, 0, 2}), {kSeq, kBatch * ir::Dim{6}});
  });
  return cases.take();
}

std::vector<Case> transpose_cases() {
  CaseBuilder cases;
  for (const std::vector<int>& order :
       std::vector<std::vector<int>>{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {2, 0, 1}}) {
    cases.add(fmt::format("{}{}{}", order[0], order[1], order[2]), batch_seq(2, 3),
              [&](GraphBuilder& graph) { return graph.transpose(tokens(graph, 5), order); });
  }
  cases.add("split_heads", batch_seq(2, 3), [](GraphBuilder& graph) {
    return graph.transpose(graph.reshape(tokens(graph, 6), {kBatch, kSeq, 2, 3}), {0, 2, 1, 3});
  });
  return cases.take();
}

std::vector<Case> slice_cases() {
  CaseBuilder cases;
  cases.add("last_axis", batch_seq(2, 3),
            [](GraphBuilder& graph) { return graph.slice(tokens(graph, 9), 2, 4, 3); });
  cases.add("first_token", batch_seq(2, 3),
            [](GraphBuilder& graph) { return graph.slice(tokens(graph, 9), 1, 0, 1); });
  cases.add("one_of_the_batch", batch_seq(2, 3),
            [](GraphBuilder& graph) { return graph.slice(tokens(graph, 9), 0, 0, 1); });
  cases.add("everything", batch_seq(2, 3),
            [](GraphBuilder& graph) { return graph.slice(tokens(graph, 9), 1, 0, kSeq); });
  cases.add("positions", batch_seq(1, 6), [](GraphBuilder& graph) {
    return graph.slice(graph.parameter("table", {8, 3}), 0, 0, kSeq);
  });
  cases.add("ends_of_the_batch", batch_seq(3, 2), [](GraphBuilder& graph) {
    return graph.slice(graph.input("ends", DType::F32, {kBatch + 1, kSeq, 4}), 0, 1, kBatch);
  });
  return cases.take();
}

std::vector<Case> cast_cases() {
  CaseBuilder cases;
  for (const DType type : {DType::F32, DType::BF16, DType::F16, DType::I64, DType::I32}) {
    cases.add(fmt::format("from_F32_to_{}", to_string(type)), batch_seq(2, 3),
              [=](GraphBuilder& graph) { return graph.cast(tokens(graph, 5), type); }, {.scale = 50});
    cases.add(fmt::format("from_I64_to_{}", to_string(type)), batch_seq(2, 3),
              [=](GraphBuilder& graph) {
                return graph.cast(graph.input("ids", DType::I64, {kBatch, kSeq}), type);
              },
              {.id_limit = 1000});
  }
  return cases.take();
}

std::vector<Case> structure_cases() {
  CaseBuilder cases;
  const auto linear = [](GraphBuilder& graph, ValueId x, const std::string& name) {
    return graph.linear(x, graph.parameter(name + ".weight", {6, 6}), graph.parameter(name + ".bias", {6}),
                        name);
  };
  cases.add("outputs_read_again", batch_seq(2, 3), [&](GraphBuilder& graph) {
    const ValueId x = tokens(graph, 6);
    const ValueId dense = linear(graph, x, "dense");
    graph.output("dense", dense);
    graph.output("dense_again", dense);
    graph.output("x", x);
    return graph.add(graph.activate(dense, ir::Activation::Relu), x);
  });
  cases.add("one_value_on_both_sides", batch_seq(2, 3), [&](GraphBuilder& graph) {
    const ValueId dense = linear(graph, tokens(graph, 6), "dense");
    return graph.add(dense, dense);
  });
  cases.add("shared_parameters", batch_seq(2, 3), [&](GraphBuilder& graph) {
    const ValueId weight = graph.parameter("weight", {6, 6});
    const ValueId bias = graph.parameter("bias", {6});
    const ValueId first = graph.linear(tokens(graph, 6), weight, bias);
    return graph.linear(graph.activate(first, ir::Activation::Tanh), weight, bias);
  });
  cases.add("three_linears_of_one_input", batch_seq(2, 3), [&](GraphBuilder& graph) {
    const ValueId x = tokens(graph, 6);
    const ValueId sum = graph.add(linear(graph, x, "a"), linear(graph, x, "b"));
    return graph.add(sum, graph.activate(linear(graph, x, "c"), ir::Activation::GeluErf));
  });
  cases.add("unused_input_and_dead_node", batch_seq(2, 3), [&](GraphBuilder& graph) {
    const ValueId x = tokens(graph, 6);
    graph.silu(graph.input("unused", DType::F32, {kBatch}));
    return linear(graph, x, "dense");
  });
  cases.add("computed_from_parameters_alone", batch_seq(2, 3), [&](GraphBuilder& graph) {
    const ValueId row = graph.silu(graph.parameter("row", {6}));
    return graph.add(linear(graph, tokens(graph, 6), "dense"), row);
  });
  cases.add("parameter_as_output", batch_seq(2, 3), [&](GraphBuilder& graph) {
    graph.output("weight", graph.parameter("weight", {6, 6}));
    return linear(graph, tokens(graph, 6), "dense");
  });
  cases.add("mask_read_by_another_operation", batch_seq(2, 3),
            [&](GraphBuilder& graph) {
              const ValueId x = tokens(graph, 6);
              const ValueId mask = graph.input("mask", DType::I64, {kBatch, kSeq});
              const ValueId shown = graph.reshape(graph.cast(mask, DType::F32), {kBatch, kSeq, 1});
              return graph.add(graph.attention(x, x, x, mask, 2), shown);
            },
            {.mask = testing::Mask::Padded});
  return cases.take();
}

}  // namespace medbench::conformance
