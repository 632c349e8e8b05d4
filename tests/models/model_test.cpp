#include "models/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "tests/models/tiny_model.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::failure_text;
using ::testing::HasSubstr;
using testing::model_shapes;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::tiny_bert_config;
using testing::tiny_distilbert_config;
using testing::write_model;
using testing::write_zeros;

Model load(const TemporaryFolder& root) {
  return load_model({"tiny", (root.path() / "m").string()}, {}, 1);
}

std::vector<std::string> output_names(const Model& model) {
  std::vector<std::string> names;
  for (const auto& output : model.graph.outputs) names.push_back(output.name);
  return names;
}

TEST(LoadModel, ReadsAFolder) {
  const TemporaryFolder root;
  write_model(root, "m", tiny_bert_config());
  const Model model = load(root);
  EXPECT_EQ(model.name, "tiny");
  EXPECT_EQ(model.weights->kind(), "checkpoint");
  EXPECT_EQ(model.limits, (Axes{{Axis::Seq, 10}}));
  ASSERT_EQ(model.inputs.size(), 3U);
  const ir::InputSpec& ids = model.inputs[0];
  EXPECT_EQ(ids.role, ir::Role::Ids);
  EXPECT_EQ(ids.domain.least, 0);
  EXPECT_EQ(ids.domain.most, 119);
  EXPECT_EQ(model.inputs[1].role, ir::Role::Mask);
  EXPECT_EQ(model.inputs[2].role, ir::Role::Types);
  EXPECT_EQ(model.inputs[2].domain.most, 1);
  EXPECT_EQ(model.output.kind, ir::OutputKind::Hidden);
  EXPECT_EQ(model.output.class_axis, 2);
  EXPECT_THAT(output_names(model), ElementsAre("output", "pooler_output"));
}

TEST(LoadModel, HasThePoolerOnlyIfTheWeightsDo) {
  const TemporaryFolder root;
  write_model(root, "m", tiny_bert_config(), false);
  EXPECT_THAT(output_names(load(root)), ElementsAre("output"));
}

TEST(LoadModel, TakesOldNamesWithoutPrefix) {
  const TemporaryFolder root;
  write_model(root, "m", tiny_bert_config());
  auto shapes = model_shapes(tiny_bert_config(), true, "");
  for (const std::string kind : {"weight", "bias"}) {
    auto node = shapes.extract("embeddings.LayerNorm." + kind);
    node.key() = std::string("embeddings.LayerNorm.") + (kind == "weight" ? "gamma" : "beta");
    shapes.insert(std::move(node));
  }
  write_zeros(root.path() / "m", shapes);
  EXPECT_EQ(load(root).weights->read("embeddings.LayerNorm.weight").view.shape.front(), 8);
}

Json sequence_classifier(Json config) {
  const std::string family = config["model_type"] == "bert" ? "Bert" : "DistilBert";
  config["architectures"] = {family + "ForSequenceClassification"};
  config["id2label"] = {{"0", "negative"}, {"1", "positive"}};
  return config;
}

TEST(LoadModel, EveryMissingOrMisshapenTensorIsNamed) {
  const TemporaryFolder root;
  for (const Json& config :
       {sequence_classifier(tiny_bert_config()), sequence_classifier(tiny_distilbert_config())}) {
    write_model(root, "m", config);
    const auto shapes = model_shapes(config, true);
    const std::string prefix = config["model_type"].get<std::string>() + ".";
    ASSERT_EQ(failure_text([&] { load(root); }), "no error");
    for (const auto& [name, shape] : shapes) {
      const std::string bare = name.starts_with(prefix) ? name.substr(prefix.size()) : name;
      auto fewer = shapes;
      fewer.erase(name);
      write_zeros(root.path() / "m", fewer);
      EXPECT_THAT(failure_text([&] { load(root); }),
                  AllOf(StartsWith("usage: "),
                        HasSubstr("'" + bare + "', with or without the prefix '" + prefix + "'")));
      auto other = shapes;
      other[name].front() += 1;
      write_zeros(root.path() / "m", other);
      EXPECT_THAT(failure_text([&] { load(root); }),
                  AllOf(StartsWith("usage: "), HasSubstr("'" + name + "' has shape")));
    }
  }
}

TEST(LoadModel, SaysWhatAHeadGives) {
  const TemporaryFolder root;
  for (Json config :
       {sequence_classifier(tiny_bert_config()), sequence_classifier(tiny_distilbert_config())}) {
    write_model(root, "m", config);
    Model model = load(root);
    EXPECT_EQ(model.output.name, "output");
    EXPECT_EQ(model.output.kind, ir::OutputKind::Logits);
    EXPECT_EQ(model.output.class_axis, 1);
    EXPECT_THAT(model.output.labels, ElementsAre("negative", "positive"));
    const std::string family = config["model_type"] == "bert" ? "Bert" : "DistilBert";
    config["architectures"] = {family + "ForTokenClassification"};
    write_model(root, "m", config);
    model = load(root);
    EXPECT_EQ(model.output.class_axis, 2);
    EXPECT_THAT(model.output.labels, ElementsAre("negative", "positive"));
    EXPECT_THAT(output_names(model), ElementsAre("output"));
  }
}

TEST(LoadModel, DistilBertTakesIdsAndMaskAlone) {
  const TemporaryFolder root;
  write_model(root, "m", tiny_distilbert_config());
  const Model model = load(root);
  ASSERT_EQ(model.inputs.size(), 2U);
  EXPECT_EQ(model.inputs[0].role, ir::Role::Ids);
  EXPECT_EQ(model.inputs[1].role, ir::Role::Mask);
  EXPECT_EQ(model.graph.inputs().size(), 2U);
  EXPECT_EQ(model.limits, (Axes{{Axis::Seq, 10}}));
  EXPECT_THAT(output_names(model), ElementsAre("output"));
}

TEST(LoadModel, BrokenConfigs) {
  const TemporaryFolder root;
  write_model(root, "m", tiny_bert_config());
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
  write_model(root, "m", tiny_bert_config());
  Json config = tiny_bert_config();
  config["num_hidden_layers"] = 3;
  root.write("m/config.json", config.dump());
  EXPECT_THAT(failure_text([&] { load(root); }), HasSubstr("no tensor 'encoder.layer.2."));
}

TEST(CheckAxes, TakesWhatTheModelHas) {
  const TemporaryFolder root;
  write_model(root, "m", tiny_bert_config());
  const Model model = load(root);
  EXPECT_NO_THROW(check_axes(model, {{Axis::Batch, 65'536}, {Axis::Seq, 10}}));
  EXPECT_NO_THROW(check_axes(model, {{Axis::Batch, 1}, {Axis::Seq, 1}}));
  const auto refused = [&](const Axes& axes) { return failure_text([&] { check_axes(model, axes); }); };
  EXPECT_EQ(refused({{Axis::Batch, 1}, {Axis::Seq, 11}}), "usage: sequence length 11: tiny takes at most 10");
  EXPECT_EQ(refused({{Axis::Batch, -1}, {Axis::Seq, 4}}), "usage: batch size -1: it must be at least 1");
  EXPECT_EQ(refused({{Axis::Batch, 1}}), "usage: tiny needs a sequence length, and none is given");
  EXPECT_EQ(refused({{Axis::Seq, 4}}), "usage: tiny needs a batch size, and none is given");
  EXPECT_EQ(refused({{Axis::Batch, 1}, {Axis::Seq, 4}, {Axis::Depth, 3}}),
            "usage: depth 3: tiny has no depth");
}

TEST(CheckAxes, GoesByTheLimitsOfEveryAxis) {
  Model model = load_model({"biobert", std::nullopt}, {}, 1);
  model.limits.set(Axis::Batch, 8);
  EXPECT_EQ(failure_text([&] {
              check_axes(model, {{Axis::Batch, 9}, {Axis::Seq, 4}});
            }),
            "usage: batch size 9: biobert takes at most 8");
  model.limits = {};
  EXPECT_NO_THROW(check_axes(model, {{Axis::Batch, 9}, {Axis::Seq, 4096}}));
}

std::int64_t parameter_count(const Model& model) {
  std::int64_t parameters = 0;
  for (const auto id : model.graph.parameters())
    parameters += element_count(ir::bind(model.graph.value(id).shape, {}));
  return parameters;
}

TEST(LoadModel, MakesTheNamedArchitectureFromASeed) {
  const Model model = load_model({"biobert", std::nullopt}, {}, 42);
  EXPECT_EQ(model.weights->kind(), "synthetic");
  EXPECT_EQ(model.inputs[0].domain.most, 28995);
  EXPECT_THAT(output_names(model), ElementsAre("output", "pooler_output"));
  EXPECT_EQ(parameter_count(model), 108'310'272);  // of transformers' BertModel with this config
  EXPECT_THAT(model.weights->read("embeddings.position_embeddings.weight").view.shape, ElementsAre(512, 768));
  const Model distilled = load_model({"distilbert", std::nullopt}, {}, 42);
  EXPECT_EQ(parameter_count(distilled), 65'190'912);  // of transformers' DistilBertModel
  EXPECT_THAT(failure_text([] {
                load_model({"nobody", std::nullopt}, {}, 42);
              }),
              AllOf(StartsWith("usage: "), HasSubstr("'nobody'")));
}

TEST(LoadModel, ReadsTheRealCheckpoint) {
  const Model model = load_model({"minilm", testing::minilm_folder().string()}, {}, 0);
  EXPECT_EQ(model.inputs[0].domain.most, 30521);
  for (const auto id : model.graph.parameters()) {
    for (const auto& part : model.graph.value(id).parts) EXPECT_TRUE(model.weights->contains(part)) << part;
  }
}

}  // namespace
}  // namespace medbench
