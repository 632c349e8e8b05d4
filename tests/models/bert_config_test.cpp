#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/bert.hpp"
#include "tests/models/tiny_bert.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::failure_text;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::tiny_bert_config;

BertConfig with(std::string_view key, const Json& value) {
  Json json = tiny_bert_config();
  json[std::string(key)] = value;
  return bert_config_from_json(json, "c.json");
}

std::string failure_with(std::string_view key, const Json& value) {
  return failure_text([&] { with(key, value); });
}

TEST(BertConfig, ReadsSizesAndDefaults) {
  const BertConfig config = bert_config_from_json(tiny_bert_config(), "c.json");
  EXPECT_EQ(config.hidden_size, 8);
  EXPECT_EQ(config.layers, 2);
  EXPECT_EQ(config.heads, 2);
  EXPECT_EQ(config.intermediate_size, 16);
  EXPECT_EQ(config.vocab_size, 120);
  EXPECT_EQ(config.max_positions, 10);
  EXPECT_EQ(config.token_types, 2);
  EXPECT_EQ(config.layer_norm_epsilon, 1e-12);
  EXPECT_EQ(config.activation, ir::Activation::GeluErf);
  EXPECT_EQ(config.head, BertHead::None);
  EXPECT_EQ(with("layer_norm_eps", 1e-5).layer_norm_epsilon, 1e-5);
  EXPECT_EQ(with("type_vocab_size", 1).token_types, 1);
}

TEST(BertConfig, KnowsTheActivations) {
  EXPECT_EQ(with("hidden_act", "gelu").activation, ir::Activation::GeluErf);
  EXPECT_EQ(with("hidden_act", "gelu_new").activation, ir::Activation::GeluTanh);
  EXPECT_EQ(with("hidden_act", "relu").activation, ir::Activation::Relu);
  EXPECT_THAT(failure_with("hidden_act", "silu"),
              AllOf(StartsWith("unsupported: c.json"), HasSubstr("silu")));
  EXPECT_THAT(failure_with("hidden_act", 3), AllOf(StartsWith("usage: c.json"), HasSubstr("hidden_act")));
}

TEST(BertConfig, FindsTheHeadAndItsLabels) {
  Json json = tiny_bert_config();
  for (const char* name :
       {"BertForMaskedLM", "BertForPreTraining", "BertModel", "BertForQuestionAnswering"}) {
    json["architectures"] = Json::array({name});
    EXPECT_EQ(bert_config_from_json(json, "c").head, BertHead::None) << name;
  }
  json["architectures"] = {"BertForSequenceClassification"};
  EXPECT_EQ(bert_config_from_json(json, "c").head, BertHead::SequenceClassification);
  EXPECT_EQ(bert_config_from_json(json, "c").labels, 2);
  json["architectures"] = {"BertForTokenClassification"};
  json["id2label"] = {{"0", "O"}, {"1", "B"}, {"2", "I"}};
  EXPECT_EQ(bert_config_from_json(json, "c").head, BertHead::TokenClassification);
  EXPECT_EQ(bert_config_from_json(json, "c").labels, 3);
  json["num_labels"] = 5;
  EXPECT_EQ(bert_config_from_json(json, "c").labels, 5);
  json["num_labels"] = 0;
  EXPECT_THAT(failure_text([&] { bert_config_from_json(json, "c"); }), HasSubstr("\"num_labels\" is 0"));
  json.erase("num_labels");
  json["id2label"] = Json::object();
  EXPECT_THAT(failure_text([&] { bert_config_from_json(json, "c"); }), HasSubstr("\"id2label\" is 0"));
}

TEST(BertConfig, EveryRequiredSizeIsChecked) {
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

TEST(BertConfig, HeadsMustDivideTheHiddenSize) {
  EXPECT_THAT(failure_with("num_attention_heads", 3), AllOf(StartsWith("usage: "), HasSubstr("3 heads")));
  EXPECT_THAT(failure_with("num_attention_heads", 16), HasSubstr("16 heads"));
}

TEST(BertConfig, OtherFamiliesAreRefused) {
  EXPECT_THAT(failure_with("model_type", "roberta"),
              AllOf(StartsWith("usage: c.json"), HasSubstr("\"model_type\" is roberta")));
  EXPECT_EQ(with("model_type", nullptr).hidden_size, 8);
  Json json = tiny_bert_config();
  json.erase("model_type");
  json["architectures"] = {"RobertaModel"};
  EXPECT_THAT(failure_text([&] { bert_config_from_json(json, "c"); }),
              HasSubstr("\"architectures\" is RobertaModel"));
  json["architectures"] = "BertModel";
  EXPECT_THAT(failure_text([&] { bert_config_from_json(json, "c"); }), HasSubstr("array of strings"));
  EXPECT_THAT(failure_text([] { bert_config_from_json(Json::array(), "c"); }),
              StartsWith("usage: c: expected an object"));
}

TEST(BertConfig, VariantsThatWouldGiveOtherNumbersAreUnsupported) {
  EXPECT_THAT(failure_with("position_embedding_type", "relative_key"), StartsWith("unsupported: "));
  EXPECT_THAT(failure_with("is_decoder", true), StartsWith("unsupported: "));
  EXPECT_THAT(failure_with("add_cross_attention", true), StartsWith("unsupported: "));
  EXPECT_THAT(failure_with("pruned_heads", {{"0", {1}}}), StartsWith("unsupported: "));
  EXPECT_THAT(failure_with("quantization_config", {{"bits", 8}}), StartsWith("unsupported: "));
  EXPECT_EQ(failure_with("pruned_heads", Json::object()), "no error");
  EXPECT_EQ(failure_with("position_embedding_type", "absolute"), "no error");
}

TEST(BertConfig, EpsilonMustMakeSense) {
  for (const Json& bad : {Json(-1e-12), Json(1), Json("1e-12")}) {
    EXPECT_THAT(failure_with("layer_norm_eps", bad),
                AllOf(StartsWith("usage: "), HasSubstr("layer_norm_eps")))
        << bad;
  }
}

}  // namespace
}  // namespace medbench
