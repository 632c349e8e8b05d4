#include "models/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "models/bert.hpp"
#include "tests/models/tiny_bert.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::bert_shapes;
using ::testing::ElementsAre;
using testing::failure_text;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::tiny_bert_config;
using testing::write_bert;
using testing::write_zeros;

Model load(const TemporaryFolder& root) {
  return load_model({"tiny", (root.path() / "m").string()}, 1);
}

std::vector<std::string> output_names(const Model& model) {
  std::vector<std::string> names;
  for (const auto& output : model.graph.outputs) names.push_back(output.name);
  return names;
}

TEST(LoadModel, ReadsAFolder) {
  const TemporaryFolder root;
  write_bert(root, "m", tiny_bert_config());
  const Model model = load(root);
  EXPECT_EQ(model.name, "tiny");
  EXPECT_EQ(model.weights->kind(), "checkpoint");
  EXPECT_EQ(model.limits.vocab_size, 120);
  EXPECT_EQ(model.limits.max_positions, 10);
  EXPECT_EQ(model.limits.token_types, 2);
  EXPECT_THAT(output_names(model), ElementsAre("output", "pooler_output"));
}

TEST(LoadModel, HasThePoolerOnlyIfTheWeightsDo) {
  const TemporaryFolder root;
  write_bert(root, "m", tiny_bert_config(), false);
  EXPECT_THAT(output_names(load(root)), ElementsAre("output"));
}

TEST(LoadModel, TakesOldNamesWithoutPrefix) {
  const TemporaryFolder root;
  write_bert(root, "m", tiny_bert_config());
  auto shapes = bert_shapes(tiny_bert_config(), true, "");
  for (const std::string kind : {"weight", "bias"}) {
    auto node = shapes.extract("embeddings.LayerNorm." + kind);
    node.key() = std::string("embeddings.LayerNorm.") + (kind == "weight" ? "gamma" : "beta");
    shapes.insert(std::move(node));
  }
  write_zeros(root.path() / "m", shapes);
  EXPECT_EQ(load(root).weights->read("embeddings.LayerNorm.weight").view.shape.front(), 8);
}

TEST(LoadModel, EveryMissingOrMisshapenTensorIsNamed) {
  const TemporaryFolder root;
  Json config = tiny_bert_config();
  config["architectures"] = {"BertForSequenceClassification"};
  config["num_hidden_layers"] = 1;
  write_bert(root, "m", config);
  const auto shapes = bert_shapes(config, true);
  ASSERT_EQ(failure_text([&] { load(root); }), "no error");
  for (const auto& [name, shape] : shapes) {
    const std::string bare = name.starts_with("bert.") ? name.substr(5) : name;
    auto fewer = shapes;
    fewer.erase(name);
    write_zeros(root.path() / "m", fewer);
    EXPECT_THAT(failure_text([&] { load(root); }), AllOf(StartsWith("usage: "), HasSubstr("'" + bare + "'")));
    auto other = shapes;
    other[name].front() += 1;
    write_zeros(root.path() / "m", other);
    EXPECT_THAT(failure_text([&] { load(root); }),
                AllOf(StartsWith("usage: "), HasSubstr("'" + name + "' has shape")));
  }
}

TEST(LoadModel, BrokenConfigs) {
  const TemporaryFolder root;
  write_bert(root, "m", tiny_bert_config());
  const std::string whole = tiny_bert_config().dump();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    root.write("m/config.json", whole.substr(0, size));
    EXPECT_THAT(failure_text([&] { load(root); }), AllOf(StartsWith("usage: "), HasSubstr("config.json")))
        << size;
  }
  std::filesystem::remove(root.path() / "m/config.json");
  EXPECT_THAT(failure_text([&] { load(root); }), AllOf(StartsWith("usage: "), HasSubstr("config.json")));
}

TEST(LoadModel, ConfigThatDoesNotFitTheWeights) {
  const TemporaryFolder root;
  write_bert(root, "m", tiny_bert_config());
  Json config = tiny_bert_config();
  config["num_hidden_layers"] = 3;
  root.write("m/config.json", config.dump());
  EXPECT_THAT(failure_text([&] { load(root); }), HasSubstr("no tensor 'encoder.layer.2."));
}

TEST(LoadModel, MakesTheNamedArchitectureFromASeed) {
  const Model model = load_model({"biobert", std::nullopt}, 42);
  EXPECT_EQ(model.weights->kind(), "synthetic");
  EXPECT_EQ(model.limits.vocab_size, 28996);
  EXPECT_THAT(output_names(model), ElementsAre("output", "pooler_output"));
  std::int64_t parameters = 0;
  for (const auto id : model.graph.parameters())
    parameters += element_count(ir::bind(model.graph.value(id).shape, {}));
  EXPECT_EQ(parameters, 108'310'272);  // of transformers' BertModel with this config
  EXPECT_THAT(model.weights->read("embeddings.position_embeddings.weight").view.shape, ElementsAre(512, 768));
  EXPECT_THAT(failure_text([] {
                load_model({"nobody", std::nullopt}, 42);
              }),
              AllOf(StartsWith("usage: "), HasSubstr("'nobody'")));
}

TEST(LoadModel, ReadsTheRealCheckpoint) {
  const Model model = load_model({"minilm", testing::minilm_folder().string()}, 0);
  EXPECT_EQ(model.limits.vocab_size, 30522);
  for (const auto id : model.graph.parameters()) {
    for (const auto& part : model.graph.value(id).parts) EXPECT_TRUE(model.weights->contains(part)) << part;
  }
}

}  // namespace
}  // namespace medbench
