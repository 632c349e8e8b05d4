#include "base/json_difference.hpp"

#include <gtest/gtest.h>

namespace medbench {
namespace {

// "key: left, right"
std::string difference(const char* left, const char* right) {
  const auto found = find_json_difference(Json::parse(left), Json::parse(right));
  return found ? found->key + ": " + found->left + ", " + found->right : "none";
}

TEST(JsonDifference, IsTheInnermostKeyThatDiffers) {
  EXPECT_EQ(difference(R"({"a":{"b":1,"c":2}})", R"({"a":{"b":1,"c":3}})"), "c: 2, 3");
  EXPECT_EQ(difference(R"({"a":1})", R"({"a":1,"b":"x"})"), "b: nothing, \"x\"");
  EXPECT_EQ(difference(R"({"a":1,"b":{}})", R"({"a":1})"), "b: {}, nothing");
  EXPECT_EQ(difference("1", "2"), ": 1, 2");
  EXPECT_EQ(difference(R"({"a":1})", "[]"), ": {\"a\":1}, []");
}

TEST(JsonDifference, IsNoneWhereTheyMeanTheSame) {
  EXPECT_EQ(difference(R"({"a":1,"b":2})", R"({"b":2,"a":1})"), "none");
  EXPECT_EQ(difference(R"({"a":null})", "{}"), "none");
}

}  // namespace
}  // namespace medbench
