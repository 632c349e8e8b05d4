#include "passes/fp8.hpp"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <span>

#include "data/batches.hpp"
#include "ir/interpreter.hpp"
#include "ir/verifier.hpp"
#include "models/model.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::passes {
namespace {

ir::Ranges ranges_of(const NamedTensors& values) {
  ir::Ranges ranges;
  for (const auto& [name, tensor] : values) {
    const auto numbers = tensor.f32();
    const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
    ranges[name] = {.min = std::min(0.0, double{*least}), .max = std::max(0.0, double{*most})};
  }
  return ranges;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double product = 0;
  double of_a = 0;
  double of_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += double{a[i]} * double{b[i]};
    of_a += double{a[i]} * double{a[i]};
    of_b += double{b[i]} * double{b[i]};
  }
  return product / std::sqrt(of_a * of_b);
}

struct Bert {
  testing::TinyBert tiny = testing::tiny_berts().front();
  ir::Graph graph = tiny.graph();
  testing::MemoryParameters weights{testing::random_parameters(graph, 1)};

  [[nodiscard]] ir::Ranges ranges() {
    return ranges_of(ir::interpret(observe_fp8_inputs(graph), weights, tiny.axes, tiny.inputs(1)));
  }
};

TEST(Fp8Pass, RoundsLinearLayersAndAttentionAlone) {
  Bert bert;
  const ir::Graph rounded = round_to_fp8(bert.graph, bert.ranges());
  EXPECT_NO_THROW(ir::verify(rounded));
  std::size_t linears = 0;
  for (const ir::Node& node : rounded.nodes) {
    if (std::holds_alternative<ir::Linear>(node.op)) {
      ++linears;
      EXPECT_TRUE(rounded.value(node.inputs[0]).name.find(".fp8") != std::string::npos);
      EXPECT_TRUE(rounded.value(node.inputs[1]).name.find(".fp8") != std::string::npos);
      EXPECT_EQ(rounded.value(node.inputs[2]).kind, ir::ValueKind::Parameter);
    }
    if (std::holds_alternative<ir::Attention>(node.op)) {
      for (const std::size_t operand : {0U, 1U, 2U})
        EXPECT_TRUE(rounded.value(node.inputs[operand]).name.find(".fp8") != std::string::npos);
    }
  }
  EXPECT_EQ(linears, 12U);
  EXPECT_EQ(precision_of(rounded), "fp8");
}

TEST(Fp8Pass, RoundsAValueOnceForAllItsReaders) {
  Bert bert;
  const ir::Graph rounded = round_to_fp8(bert.graph, bert.ranges());
  std::set<ir::ValueId> sources;
  for (const ir::Node& node : rounded.nodes) {
    if (!std::holds_alternative<ir::RoundToFp8>(node.op)) continue;
    EXPECT_TRUE(sources.insert(node.inputs[0]).second) << rounded.value(node.inputs[0]).name;
  }
}

TEST(Fp8Pass, KeepsTheMeaning) {
  Bert bert;
  const ir::Graph rounded = round_to_fp8(bert.graph, bert.ranges());
  const NamedTensors inputs = bert.tiny.inputs(1);
  const NamedTensors exact = ir::interpret(bert.graph, bert.weights, bert.tiny.axes, inputs);
  const NamedTensors near = ir::interpret(rounded, bert.weights, bert.tiny.axes, inputs);
  for (const auto& [name, tensor] : exact) {
    const double likeness = cosine(tensor.f32(), near.at(name).f32());
    EXPECT_GT(likeness, 0.99) << name;
    EXPECT_LT(likeness, 1 - 1e-7) << name << " was not rounded at all";
  }
}

TEST(Fp8Pass, WantsARangeForEachValue) {
  Bert bert;
  ir::Ranges ranges = bert.ranges();
  ranges.begin()->second.max = std::nan("");
  testing::expect_error(ErrorKind::Internal, "does not contain 0",
                        [&] { (void)round_to_fp8(bert.graph, ranges); });
  ranges.erase(ranges.begin());
  testing::expect_error(ErrorKind::Internal, "calibration gave no range for",
                        [&] { (void)round_to_fp8(bert.graph, ranges); });
}

// Calibrated on two batches of texts and compared on another, padding included: 0.9961. Three bits of
// mantissa in every operand are a relative error of 3.7 % in each product.
TEST(Fp8Pass, KeepsTheAnswersOfARealEncoder) {
  const std::filesystem::path folder = testing::minilm_folder();
  const Axes axes = testing::batch_seq(2, 32);
  const Model model = load_model({.name = "minilm", .folder = folder.string()}, {}, 0);
  const auto texts =
      text_batches({.file = (testing::source_folder() / "datasets/clinical_sentences.txt").string()}, folder,
                   model.inputs, axes);
  const std::vector<Batch> batches = take(*texts, 3);
  ASSERT_EQ(batches.size(), 3U);
  const ir::Interpreter observer(observe_fp8_inputs(model.graph), *model.weights, axes);
  ir::Ranges ranges;
  for (const std::size_t batch : {0U, 1U}) {
    for (const auto& [name, range] : ranges_of(observer.run(batches[batch].tensors))) {
      ir::Range& whole = ranges[name];
      whole = {.min = std::min(whole.min, range.min), .max = std::max(whole.max, range.max)};
    }
  }
  const NamedTensors exact = ir::interpret(model.graph, *model.weights, axes, batches[2].tensors);
  const NamedTensors near =
      ir::interpret(round_to_fp8(model.graph, ranges), *model.weights, axes, batches[2].tensors);
  const double likeness = cosine(exact.at(model.output.name).f32(), near.at(model.output.name).f32());
  RecordProperty("cosine", std::to_string(likeness));
  EXPECT_GE(likeness, 0.995);
}

}  // namespace
}  // namespace medbench::passes
