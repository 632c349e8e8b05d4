// The graph of BERT: its sizes, heads and limits.
#include "models/bert.hpp"

#include <cstdint>
#include <gtest/gtest.h>

#include "ir/interpreter.hpp"
#include "ir/operation_count.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench {
namespace {

TEST(Bert, BaseHasItsParametersAndOperations) {
  EncoderConfig config;
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
  EncoderConfig config;
  config.head = Head::TokenClassification;
  config.labels = {"O", "B", "I"};
  const ir::Graph graph = build_bert(config, true, "tokens");
  ASSERT_EQ(graph.outputs.size(), 1U);
  for (const ir::ValueId id : graph.parameters()) EXPECT_FALSE(graph.value(id).name.starts_with("pooler"));
}

TEST(Bert, ASequenceBeyondThePositionsIsRefused) {
  EncoderConfig config;
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
