// The graph against the original: frozen outputs of the transformers library on tiny models whose weights
// follow a formula.
#include "models/bert.hpp"

#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "ir/interpreter.hpp"
#include "ir/operation_count.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

// The formula of the frozen models: whole numbers by name and index, scaled to [-0.5, 0.5).
HostTensor formula_weights(const ir::Value& value) {
  HostTensor tensor(DType::F32, ir::bind(value.shape, {}));
  std::uint64_t base = value.name.size() * 104729;
  for (const char c : value.name) base += static_cast<std::uint64_t>(static_cast<unsigned char>(c)) * 31;
  const double middle = value.name.ends_with("LayerNorm.weight") ? 1 : 0;
  for (std::size_t i = 0; i < tensor.f32().size(); ++i) {
    const std::uint64_t step = (i * 7919 + base) % 1009;
    tensor.f32()[i] = static_cast<float>(static_cast<double>(step) / 1009 - 0.5 + middle);
  }
  return tensor;
}

TEST(Bert, MatchesTheTransformersLibrary) {
  const auto path = testing::source_folder() / "tests/golden/bert_transformers.json";
  const Json golden = read_json_file(path);
  ASSERT_EQ(golden.at("cases").size(), 4U);
  for (const Json& item : golden.at("cases")) {
    SCOPED_TRACE(item.at("name").get<std::string>());
    const bool pooler = item.at("outputs").contains("pooler_output");
    const ir::Graph graph = build_bert(bert_config_from_json(item.at("config"), "golden"), pooler, "tiny");
    testing::MemoryParameters parameters;
    for (const ir::ValueId id : graph.parameters()) {
      parameters.set(graph.value(id).name, formula_weights(graph.value(id)));
    }
    const Axes axes =
        testing::batch_seq(item.at("batch").get<std::int64_t>(), item.at("seq").get<std::int64_t>());
    NamedTensors inputs;
    for (const auto& [name, values] : item.at("inputs").items()) {
      inputs[name] =
          HostTensor::from_i64({axes[Axis::Batch], axes[Axis::Seq]}, values.get<std::vector<std::int64_t>>());
    }
    NamedTensors expected;
    for (const auto& [name, output] : item.at("outputs").items()) {
      expected[name] = HostTensor::from_f32(output.at("shape").get<std::vector<std::int64_t>>(),
                                            output.at("values").get<std::vector<float>>());
    }
    // What transformers itself loses by accumulating in fp32.
    testing::expect_close(ir::interpret(graph, parameters, axes, inputs), expected, {5e-6, 5e-6});
  }
}

TEST(Bert, BaseHasItsParametersAndOperations) {
  BertConfig config;
  config.vocab_size = 28996;
  const ir::Graph graph = build_bert(config, true, "base");
  std::int64_t parameters = 0;
  for (const ir::ValueId id : graph.parameters())
    parameters += element_count(ir::bind(graph.value(id).shape, {}));
  EXPECT_EQ(parameters, 108310272);  // bert-base-cased
  // By layer 4 products h x h and 2 of h x 4h for every token, and two of seq x seq x h; then the pooler's h
  // x h.
  const std::int64_t h = 768;
  const std::int64_t seq = 128;
  const std::int64_t layer = 2 * seq * (4 * h * h + 8 * h * h) + 4 * seq * seq * h;
  EXPECT_EQ(ir::operation_count(graph, testing::batch_seq(1, seq)), 12 * layer + 2 * h * h);
}

TEST(Bert, ATokenClassifierHasNoPooler) {
  BertConfig config;
  config.head = BertHead::TokenClassification;
  const ir::Graph graph = build_bert(config, true, "tokens");
  ASSERT_EQ(graph.outputs.size(), 1U);
  for (const ir::ValueId id : graph.parameters()) EXPECT_FALSE(graph.value(id).name.starts_with("pooler"));
}

TEST(Bert, ASequenceBeyondThePositionsIsRefused) {
  BertConfig config;
  config.layers = 0;
  config.hidden_size = 4;
  config.heads = 1;
  config.vocab_size = 3;
  config.max_positions = 6;
  const ir::Graph graph = build_bert(config, false, "short");
  testing::MemoryParameters parameters(testing::random_parameters(graph, 1));
  testing::expect_error(ErrorKind::Usage, "use a sequence length of at most 6", [&] {
    const ir::Interpreter interpreter(graph, parameters, testing::batch_seq(1, 7));
  });
}

}  // namespace
}  // namespace medbench
