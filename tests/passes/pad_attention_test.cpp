#include "passes/pad_attention.hpp"

#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "ir/printer.hpp"
#include "ir/verifier.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/packed_texts.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::passes {
namespace {

using testing::Form;
using testing::Lengths;
using testing::TextsOf;

class PadAttention : public ::testing::TestWithParam<testing::TinyBert> {
 protected:
  void expect_same_answers(const Form& form, const Lengths& lengths) {
    SCOPED_TRACE(lengths.size());
    const TextsOf plain(GetParam(), lengths, 5);
    const TextsOf formed(GetParam(), lengths, 5, form);
    ASSERT_NO_THROW(ir::verify(formed.packed_graph));
    testing::MemoryParameters parameters{testing::random_parameters(GetParam().graph(), 11)};
    const NamedTensors expected =
        ir::interpret(plain.packed_graph, parameters, plain.packed_axes, plain.packed);
    const NamedTensors found =
        ir::interpret(formed.packed_graph, parameters, formed.packed_axes, formed.packed);
    ASSERT_EQ(found.size(), expected.size());
    for (const auto& [name, tensor] : expected)
      EXPECT_TRUE(testing::close(found.at(name), tensor, {})) << name;
  }
};

TEST_P(PadAttention, GivesEveryTokenTheSameAnswer) {
  for (const Lengths& lengths : {Lengths{1, 7, 7, 33}, Lengths{40, 2}, Lengths{1}}) {
    expect_same_answers(pad_attention, lengths);
    expect_same_answers(order_attention, lengths);
  }
}

INSTANTIATE_TEST_SUITE_P(TinyBerts, PadAttention, ::testing::ValuesIn(testing::tiny_berts()),
                         [](const auto& test) { return test.param.name; });

std::vector<std::string> names_of_inputs(const PackedTexts& texts) {
  std::vector<std::string> names;
  for (const ir::InputSpec& spec : texts.inputs) names.push_back(spec.name + " " + to_string(spec.shape));
  return names;
}

PackedTexts packed_bert() {
  return pack_tokens(testing::tiny_berts().front().graph(), encoder_input_specs(31, 2));
}

TEST(PadAttentionInputs, ComeLast) {
  EXPECT_EQ(
      names_of_inputs(pad_attention(packed_bert())),
      (std::vector<std::string>{"input_ids [tokens]", "text_offsets [batch+1]", "token_type_ids [tokens]",
                                "position_ids [tokens]", "padded_tokens [batch, seq]",
                                "padded_mask [batch, seq]", "padded_places [tokens]"}));
  EXPECT_EQ(
      names_of_inputs(order_attention(packed_bert())),
      (std::vector<std::string>{"input_ids [tokens]", "text_offsets [batch+1]", "token_type_ids [tokens]",
                                "position_ids [tokens]", "padded_order [batch, seq]"}));
}

TEST(PadAttentionGraph, HasWholeSequencesInAttentionAlone) {
  const PackedTexts texts = pad_attention(packed_bert());
  for (const ir::Node& node : texts.graph.nodes) {
    EXPECT_FALSE(std::holds_alternative<ir::PackedAttention>(node.op)) << node.name;
    if (std::holds_alternative<ir::Linear>(node.op) || std::holds_alternative<ir::LayerNorm>(node.op)) {
      EXPECT_EQ(to_string(texts.graph.value(node.output).shape).find("seq"), std::string::npos) << node.name;
    }
  }
}

TEST(PadAttentionGraph, WithoutTextsStaysAsItIs) {
  ir::GraphBuilder builder("rows");
  builder.output("y", builder.silu(builder.input("x", DType::F32, {ir::kTokens, 4})));
  const ir::Graph graph = builder.build();
  EXPECT_EQ(to_string(pad_attention({graph, {}}).graph), to_string(graph));
  EXPECT_EQ(to_string(order_attention({graph, {}}).graph), to_string(graph));
  EXPECT_TRUE(pad_attention({graph, {}}).inputs.empty());
}

}  // namespace
}  // namespace medbench::passes
