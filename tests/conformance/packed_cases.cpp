// Texts without padding.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <variant>
#include <vector>

#include "backend/packed_form.hpp"
#include "backend/pass.hpp"
#include "data/batches.hpp"
#include "data/packed_tensors.hpp"
#include "ir/interpreter.hpp"
#include "tests/conformance/case_builder.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/support/packed_texts.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::conformance {
namespace {

using ir::GraphBuilder;
using testing::Lengths;
using testing::TextsOf;

HostTensor offsets_of(const Lengths& lengths) {
  std::vector<std::int64_t> offsets{0};
  for (const std::int64_t length : lengths) offsets.push_back(offsets.back() + length);
  HostTensor tensor(DType::I64, {static_cast<std::int64_t>(offsets.size())});
  std::ranges::copy(offsets, tensor.i64().begin());
  return tensor;
}

Case attention_case(const std::string& name, std::int64_t heads, std::int64_t depth, const Lengths& lengths) {
  GraphBuilder graph(name);
  const auto rows = [&](const char* input) {
    return graph.input(input, DType::F32, {ir::kTokens, heads * depth});
  };
  const ir::ValueId q = rows("q");
  const ir::ValueId k = rows("k");
  const ir::ValueId v = rows("v");
  const ir::ValueId offsets = graph.input("offsets", DType::I64, {ir::kBatch + 1});
  graph.output("y", graph.packed_attention(q, k, v, offsets, heads));
  const HostTensor places = offsets_of(lengths);
  const std::int64_t tokens = places.i64().back();
  const std::int64_t width = heads * depth;
  return {name,
          graph.build(),
          {{Axis::Batch, static_cast<std::int64_t>(lengths.size())}, {Axis::Tokens, tokens}},
          [=](std::uint64_t seed) {
            NamedTensors inputs;
            for (const char* input : {"q", "k", "v"})
              inputs[input] = testing::random_floats({tokens, width}, seed++, 2);
            inputs["offsets"] = offsets_of(lengths);
            return inputs;
          }};
}

}  // namespace

std::vector<Case> packed_attention_cases() {
  return {attention_case("one_token", 1, 1, {1}),
          attention_case("equal", 2, 8, {5, 5, 5}),
          attention_case("ragged", 4, 8, {1, 7, 7, 33}),
          attention_case("odd_depth", 3, 5, {4, 2}),
          attention_case("with_an_empty_text", 2, 16, {3, 0, 6}),
          attention_case("empty_at_the_ends", 2, 16, {0, 9, 0}),
          attention_case("long", 2, 32, {150, 3, 80})};
}

std::vector<Case> packed_encoder_cases() {
  std::vector<Case> cases;
  for (const testing::TinyBert& bert : testing::tiny_berts()) {
    for (const Lengths& lengths : {Lengths{1, 7, 7, 33}, Lengths{40}}) {
      const TextsOf texts(bert, lengths, 1);
      cases.push_back({fmt::format("{}_{}_texts", bert.name, lengths.size()), texts.packed_graph,
                       texts.packed_axes,
                       [=](std::uint64_t seed) { return TextsOf(bert, lengths, seed).packed; }});
    }
  }
  return cases;
}

Case as_taken_by(const Backend& backend, const Target& target, const Case& item) {
  const auto node = std::ranges::find_if(item.graph.nodes, [](const ir::Node& candidate) {
    return std::holds_alternative<ir::PackedAttention>(candidate.op);
  });
  if (node == item.graph.nodes.end()) return item;
  const std::string offsets = item.graph.value(node->inputs.at(3)).name;
  passes::PackedTexts texts = in_form_of(backend, target, {item.graph, {}});
  const Axes axes = item.axes.with(Axis::Seq, longest_text(std::as_const(item.inputs(1).at(offsets)).i64()));
  return {item.name, std::move(texts.graph), axes, [=, specs = std::move(texts.inputs)](std::uint64_t seed) {
            NamedTensors inputs = item.inputs(seed);
            for (const ir::InputSpec& spec : specs) {
              HostTensor& tensor = inputs.emplace(spec.name, empty_input(spec, axes)).first->second;
              fill_places(tensor, spec.role, std::as_const(inputs.at(offsets)).i64());
            }
            return inputs;
          }};
}

void expect_packed_texts(Backend& backend, const Target& target, const testing::Bound& bound) {
  if (const Refusal refusal = backend.supports(target)) {
    ASSERT_NE(target.device, "cpu") << *refusal;
    GTEST_SKIP() << *refusal;
  }
  const testing::TinyBert bert{"encoder", testing::tiny_config(16, 2, 2, ir::Activation::GeluErf), true,
                               testing::batch_seq(1, 1)};
  testing::MemoryParameters parameters{testing::random_parameters(bert.graph(), 100)};
  const auto expect_answers = [&](const TextsOf& texts, const NamedTensors& found) {
    SCOPED_TRACE(to_string(texts.packed_axes));
    const NamedTensors expected = ir::interpret(bert.graph(), parameters, texts.padded_axes, texts.padded);
    for (const auto& [name, tensor] : expected) {
      const HostTensor tokens = testing::without_padding(tensor, texts.lengths, texts.padded_axes[Axis::Seq]);
      EXPECT_TRUE(testing::close(found.at(name), tokens, bound)) << name;
    }
  };
  const testing::Form form = [&](passes::PackedTexts texts) {
    return in_form_of(backend, target, std::move(texts));
  };
  std::vector<TextsOf> batches;
  for (const Lengths& lengths : {Lengths{2}, Lengths{1, 7, 7, 33}, Lengths{9, 3}, Lengths{5, 5, 5, 5, 40}})
    batches.emplace_back(bert, lengths, batches.size(), form);
  backend.build(batches.front().packed_graph, parameters,
                Build{target, {batches.front().packed_axes, batches.back().packed_axes}, 2});
  for (std::size_t slot = 0; slot < batches.size(); ++slot) {
    backend.bind(slot, batches[slot].packed_axes);
    backend.write(slot, batches[slot].packed);
  }
  for (std::size_t slot = 0; slot < batches.size(); ++slot)
    expect_answers(batches[slot], run_pass(backend, slot));
  // As many texts and tokens, and other lengths.
  for (const Lengths& lengths : {Lengths{2, 10, 3, 33}, Lengths{12, 12, 12, 12}, Lengths{1, 5, 40, 2}}) {
    const TextsOf texts(bert, lengths, 9, form);
    if (texts.packed_axes != batches[1].packed_axes) backend.bind(1, texts.packed_axes);
    backend.write(1, texts.packed);
    expect_answers(texts, run_pass(backend, 1));
  }
  expect_answers(batches[3], run_pass(backend, 3));
}

}  // namespace medbench::conformance
