#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/bert.hpp"
#include "models/distilbert.hpp"
#include "tests/models/tiny_model.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::failure_text;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::tiny_bert_config;
using testing::tiny_distilbert_config;

EncoderConfig with(std::string_view key, const Json& value) {
  Json json = tiny_bert_config();
  json[std::string(key)] = value;
  return bert_config_from_json(json, "c.json");
}

std::string failure_with(std::string_view key, const Json& value) {
  return failure_text([&] { with(key, value); });
}

TEST(EncoderConfig, ReadsSizesAndDefaults) {
  const EncoderConfig config = bert_config_from_json(tiny_bert_config(), "c.json");
  EXPECT_EQ(config.hidden_size, 8);
  EXPECT_EQ(config.layers, 2);
  EXPECT_EQ(config.heads, 2);
  EXPECT_EQ(config.intermediate_size, 16);
  EXPECT_EQ(config.vocab_size, 120);
  EXPECT_EQ(config.max_positions, 10);
  EXPECT_EQ(config.token_types, 2);
  EXPECT_EQ(config.layer_norm_epsilon, 1e-12);
  EXPECT_EQ(config.activation, ir::Activation::GeluErf);
  EXPECT_EQ(config.head, Head::None);
  EXPECT_EQ(with("layer_norm_eps", 1e-5).layer_norm_epsilon, 1e-5);
  EXPECT_EQ(with("type_vocab_size", 1).token_types, 1);
}

TEST(EncoderConfig, KnowsTheActivations) {
  EXPECT_EQ(with("hidden_act", "gelu").activation, ir::Activation::GeluErf);
  EXPECT_EQ(with("hidden_act", "gelu_new").activation, ir::Activation::GeluTanh);
  EXPECT_EQ(with("hidden_act", "relu").activation, ir::Activation::Relu);
  EXPECT_THAT(failure_with("hidden_act", "silu"),
              AllOf(StartsWith("unsupported: c.json"), HasSubstr("silu")));
  EXPECT_THAT(failure_with("hidden_act", 3), AllOf(StartsWith("usage: c.json"), HasSubstr("hidden_act")));
}

TEST(EncoderConfig, FindsTheHeadAndItsLabels) {
  Json json = tiny_bert_config();
  for (const char* name :
       {"BertForMaskedLM", "BertForPreTraining", "BertModel", "BertForQuestionAnswering"}) {
    json["architectures"] = Json::array({name});
    EXPECT_EQ(bert_config_from_json(json, "c").head, Head::None) << name;
  }
  json["architectures"] = {"BertForSequenceClassification"};
  EXPECT_EQ(bert_config_from_json(json, "c").head, Head::SequenceClassification);
  EXPECT_EQ(bert_config_from_json(json, "c").labels.size(), 2U);
  json["architectures"] = {"BertForTokenClassification"};
  json["id2label"] = {{"0", "O"}, {"1", "B"}, {"2", "I"}};
  EXPECT_EQ(bert_config_from_json(json, "c").head, Head::TokenClassification);
  EXPECT_EQ(bert_config_from_json(json, "c").labels.size(), 3U);
  EXPECT_THAT(bert_config_from_json(json, "c").labels, ElementsAre("O", "B", "I"));
  json["num_labels"] = 5;
  // As in transformers, unless the weights say otherwise.
  EXPECT_THAT(bert_config_from_json(json, "c").labels, ElementsAre("O", "B", "I"));
  EXPECT_THAT(bert_config_from_json(json, "c").notes,
              ElementsAre("c: 3 classes, as \"id2label\" has names, although \"num_labels\" is 5 and "
                          "\"id2label\" names 3"));
  json["num_labels"] = 0;
  EXPECT_THAT(failure_text([&] { bert_config_from_json(json, "c"); }), HasSubstr("\"num_labels\" is 0"));
  json.erase("num_labels");
  json["id2label"] = Json::object();
  EXPECT_THAT(failure_text([&] { bert_config_from_json(json, "c"); }), HasSubstr("\"id2label\" is 0"));
  json["id2label"] = {{"0", "O"}, {"x", "B"}};
  EXPECT_THAT(failure_text([&] { bert_config_from_json(json, "c"); }),
              AllOf(StartsWith("usage: c"), HasSubstr("\"id2label\": x is no number of a class")));
  json["id2label"] = {{"0", 7}};
  EXPECT_THAT(bert_config_from_json(json, "c").labels, ElementsAre("7"));
}

TEST(EncoderConfig, EveryRequiredSizeIsChecked) {
  for (const char* key : {"hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
                          "vocab_size", "max_position_embeddings"}) {
    const auto names_it = AllOf(StartsWith("usage: c.json: "), HasSubstr("\"" + std::string(key) + "\""));
    EXPECT_THAT(failure_with(key, nullptr), names_it);
    for (const Json& bad : {Json(0), Json(-8), Json(8.5), Json(8.0), Json("8"), Json(true), Json::array(),
                            Json(1'000'000'000), Json(9223372036854775807), Json(18446744073709551615U)}) {
      EXPECT_THAT(failure_with(key, bad), names_it) << bad;
    }
  }
  EXPECT_THAT(failure_with("type_vocab_size", 0), HasSubstr("\"type_vocab_size\" is 0"));
}

TEST(EncoderConfig, HeadsMustDivideTheHiddenSize) {
  EXPECT_THAT(failure_with("num_attention_heads", 3), AllOf(StartsWith("usage: "), HasSubstr("3 heads")));
  EXPECT_THAT(failure_with("num_attention_heads", 16), HasSubstr("16 heads"));
}

TEST(EncoderConfig, VariantsThatWouldGiveOtherNumbersAreUnsupported) {
  EXPECT_THAT(failure_with("position_embedding_type", "relative_key"), StartsWith("unsupported: "));
  EXPECT_THAT(failure_with("is_decoder", true), StartsWith("unsupported: "));
  EXPECT_THAT(failure_with("add_cross_attention", true), StartsWith("unsupported: "));
  EXPECT_THAT(failure_with("pruned_heads", {{"0", {1}}}), StartsWith("unsupported: "));
  EXPECT_THAT(failure_with("quantization_config", {{"bits", 8}}), StartsWith("unsupported: "));
  EXPECT_EQ(failure_with("pruned_heads", Json::object()), "no error");
  EXPECT_EQ(failure_with("position_embedding_type", "absolute"), "no error");
}

TEST(EncoderConfig, EpsilonMustMakeSense) {
  for (const Json& bad : {Json(-1e-12), Json(1), Json("1e-12")}) {
    EXPECT_THAT(failure_with("layer_norm_eps", bad),
                AllOf(StartsWith("usage: "), HasSubstr("layer_norm_eps")))
        << bad;
  }
}

TEST(EncoderConfig, DistilBertHasItsOwnKeysAndNoTokenTypes) {
  Json json = tiny_distilbert_config();
  json["activation"] = "relu";
  json["sinusoidal_pos_embds"] = true;
  json["layer_norm_eps"] = "of no meaning here";
  json["architectures"] = {"DistilBertForSequenceClassification"};
  const EncoderConfig config = distilbert_config_from_json(json, "c.json");
  EXPECT_EQ(config.hidden_size, 8);
  EXPECT_EQ(config.layers, 2);
  EXPECT_EQ(config.heads, 2);
  EXPECT_EQ(config.intermediate_size, 16);
  EXPECT_EQ(config.token_types, 0);
  EXPECT_EQ(config.layer_norm_epsilon, 1e-12);
  EXPECT_EQ(config.activation, ir::Activation::Relu);
  EXPECT_EQ(config.head, Head::SequenceClassification);
  json["n_heads"] = 3;
  EXPECT_THAT(failure_text([&] { distilbert_config_from_json(json, "c.json"); }),
              HasSubstr("3 heads (\"n_heads\") do not divide \"dim\" 8"));
  for (const char* key : {"dim", "n_layers", "n_heads", "hidden_dim"}) {
    Json without = tiny_distilbert_config();
    without.erase(key);
    EXPECT_THAT(failure_text([&] { distilbert_config_from_json(without, "c.json"); }),
                AllOf(StartsWith("usage: c.json: "), HasSubstr("\"" + std::string(key) + "\"")));
  }
}

}  // namespace
}  // namespace medbench
