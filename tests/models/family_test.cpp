#include "models/family.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/safetensors_builder.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::failure_text;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string_view found(const char* json) {
  return family_of(parse_json(json, "test"), "c.json").name;
}

std::string failure(const char* json) {
  return failure_text([&] { static_cast<void>(found(json)); });
}

TEST(ModelFamily, IsFoundByTypeOrArchitecture) {
  EXPECT_EQ(found(R"({"model_type": "bert", "architectures": ["BertModel"]})"), "bert");
  EXPECT_EQ(found(R"({"model_type": "distilbert"})"), "distilbert");
  EXPECT_EQ(found(R"({"architectures": ["BertForTokenClassification"]})"), "bert");
  EXPECT_EQ(found(R"({"architectures": ["DistilBertModel"], "model_type": null})"), "distilbert");
  EXPECT_EQ(found("{}"), "bert");  // as BioBERT's
}

TEST(ModelFamily, OthersAreRefusedWithThoseThatAreThere) {
  EXPECT_THAT(
      failure(R"({"model_type": "roberta", "architectures": ["BertModel"]})"),
      AllOf(StartsWith("usage: c.json: \"model_type\" is roberta"), HasSubstr("of type bert, distilbert")));
  EXPECT_THAT(failure(R"({"architectures": ["RobertaModel"]})"),
              StartsWith("usage: c.json: \"architectures\" is RobertaModel"));
  EXPECT_THAT(failure(R"({"architectures": "BertModel"})"), HasSubstr("array of strings"));
  EXPECT_THAT(failure("[]"), StartsWith("usage: c.json: expected an object"));
}

}  // namespace
}  // namespace medbench
