#include "passes/pack_tokens.hpp"

#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "ir/printer.hpp"
#include "ir/verifier.hpp"
#include "passes/passes.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/packed_texts.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::passes {
namespace {

using ir::kBatch;
using ir::kSeq;
using testing::Lengths;
using testing::TextsOf;

class PackTokens : public ::testing::TestWithParam<testing::TinyBert> {
 protected:
  void expect_padded_answers(const Lengths& lengths) {
    const TextsOf texts(GetParam(), lengths, 5);
    const ir::Graph original = GetParam().graph();
    testing::MemoryParameters parameters{testing::random_parameters(original, 11)};
    ASSERT_NO_THROW(ir::verify(texts.packed_graph));
    const NamedTensors padded = ir::interpret(original, parameters, texts.padded_axes, texts.padded);
    const NamedTensors packed =
        ir::interpret(texts.packed_graph, parameters, texts.packed_axes, texts.packed);
    ASSERT_EQ(packed.size(), padded.size());
    for (const auto& [name, tensor] : padded) {
      const HostTensor expected = testing::without_padding(tensor, lengths, texts.padded_axes[Axis::Seq]);
      EXPECT_TRUE(testing::close(packed.at(name), expected, {})) << name;
    }
  }
};

TEST_P(PackTokens, IsExactTokenByToken) {
  expect_padded_answers({1, 7, 7, 33});
  expect_padded_answers({40, 2});
  expect_padded_answers({1});
}

INSTANTIATE_TEST_SUITE_P(TinyBerts, PackTokens, ::testing::ValuesIn(testing::tiny_berts()),
                         [](const auto& test) { return test.param.name; });

TEST(PackTokensInputs, AreOffsetsInPlaceOfTheMaskAndPositions) {
  const testing::TinyBert bert = testing::tiny_berts().front();
  const PackedTexts packed = pack_tokens(bert.graph(), encoder_input_specs(31, 2));
  std::vector<std::string> found;
  for (const ir::InputSpec& spec : packed.inputs) found.push_back(spec.name + " " + to_string(spec.shape));
  EXPECT_EQ(found, (std::vector<std::string>{"input_ids [tokens]", "text_offsets [batch+1]",
                                             "token_type_ids [tokens]", "position_ids [tokens]"}));
  std::vector<std::string> of_graph;
  for (const ir::ValueId id : packed.graph.inputs()) {
    const ir::Value& value = packed.graph.value(id);
    of_graph.push_back(value.name + " " + to_string(value.shape));
  }
  EXPECT_EQ(of_graph, found);
}

// What backends do afterwards.
TEST(PackTokensGraph, IsFusedAsThePaddedOneIs) {
  const testing::TinyBert bert = testing::tiny_berts().front();
  const auto kinds = [](const ir::Graph& graph) {
    std::vector<std::string> names;
    for (const ir::Node& node : fuse_qkv(fuse_linear(graph)).nodes) {
      const std::string name(name_of(node.op));
      if (name == "Linear" || name == "LayerNorm" || name == "Add") names.push_back(name);
    }
    return names;
  };
  EXPECT_EQ(kinds(pack_tokens(bert.graph(), encoder_input_specs(31, 2)).graph), kinds(bert.graph()));
}

class PackTokensRefusals : public ::testing::Test {
 protected:
  void refuse(ir::ValueId result, const std::string& message) {
    graph.output("y", result);
    testing::expect_error(ErrorKind::Unsupported, message,
                          [&] { (void)pack_tokens(graph.build(), encoder_input_specs(31, 0)); });
  }

  ir::GraphBuilder graph{"g"};
  ir::ValueId ids = graph.input("input_ids", DType::I64, {kBatch, kSeq});
  ir::ValueId mask = graph.input("attention_mask", DType::I64, {kBatch, kSeq});
  ir::ValueId words = graph.embedding(ids, graph.parameter("words", {31, 4}), "embedded");
};

TEST_F(PackTokensRefusals, WhatGoesOverASequence) {
  const ir::ValueId turned = graph.transpose(words, {0, 2, 1}, "turned");
  refuse(graph.softmax(turned, "soft"), "'turned' (Transpose) cannot run without padding");
}

TEST_F(PackTokensRefusals, ASoftmaxOverASequence) {
  const ir::ValueId numbers = graph.cast(ids, DType::F32, "numbers");
  refuse(graph.softmax(numbers, "soft"), "'soft' (Softmax) cannot run without padding");
}

TEST_F(PackTokensRefusals, AMaskThatIsMoreThanAttentions) {
  refuse(graph.cast(mask, DType::F32, "weights"), "'weights' (Cast) cannot run without padding");
}

TEST_F(PackTokensRefusals, TokensBehindTheFirst) {
  refuse(graph.slice(words, 1, 1, 1, "second"), "'second' (Slice) cannot run without padding");
}

TEST_F(PackTokensRefusals, PositionsBesideAnotherOrder) {
  const ir::ValueId table = graph.parameter("positions", {9, 4});
  refuse(graph.slice(table, 0, 2, kSeq, "shifted"), "'shifted' (Slice) cannot run without padding");
}

TEST(PackTokensWithoutMask, IsRefused) {
  ir::GraphBuilder graph("bag");
  const ir::ValueId ids = graph.input("input_ids", DType::I64, {kBatch, kSeq});
  graph.output("y", graph.embedding(ids, graph.parameter("words", {31, 4})));
  testing::expect_error(ErrorKind::Unsupported, "bag cannot run without padding: it takes no mask",
                        [&] { (void)pack_tokens(graph.build(), {encoder_input_specs(31, 0).front()}); });
}

}  // namespace
}  // namespace medbench::passes
