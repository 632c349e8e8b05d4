#include "data/large_json.hpp"

#include <gtest/gtest.h>
#include <string>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

TEST(LargeJson, Parses) {
  const LargeJson json = parse_large_json(R"({"b": [1, {"b": 2}], "a": "x"})", "f");
  EXPECT_EQ(json.at("b").at(1).at("b"), 2);
  EXPECT_EQ(json.at("a"), "x");
}

TEST(LargeJson, IsWhatPythonReads) {
  EXPECT_EQ(parse_large_json(R"({"x": {"a": 1, "a": 2}})", "f").at("x").at("a"), 2);
  EXPECT_EQ(parse_large_json(R"({"a": [NaN, -Infinity], "b\"NaN": "-Infinity"})", "f"),
            LargeJson::parse(R"({"a": ["NaN", "-Infinity"], "b\"NaN": "-Infinity"})"));
}

TEST(LargeJson, Errors) {
  using testing::expect_error;
  expect_error(ErrorKind::Usage, "f: not valid JSON: ", [] { parse_large_json("{", "f"); });
  expect_error(ErrorKind::Usage, "f: not valid JSON: ", [] { parse_large_json("", "f"); });
  expect_error(ErrorKind::Usage, "f: not valid JSON: ", [] { parse_large_json("{\"a\": \"\xFF\"}", "f"); });
  expect_error(ErrorKind::Usage, "f: not valid JSON: byte 3 is zero",
               [] { parse_large_json(std::string("{}\0{", 4), "f"); });
  expect_error(ErrorKind::Usage, "f: nested deeper than 100 levels",
               [] { parse_large_json(std::string(100'000, '['), "f"); });
}

TEST(LargeJson, ManyKeysTakeNoQuadraticTime) {
  std::string text = "{";
  for (int i = 0; i < 50'000; ++i) text += "\"key number " + std::to_string(i) + "\":0,";
  text += "\"last\":1}";
  EXPECT_EQ(parse_large_json(text, "f").size(), 50'001U);
}

}  // namespace
}  // namespace medbench
