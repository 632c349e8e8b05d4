#include "base/json.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <limits>

#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::expect_error;

void expect_refused(std::string_view text, const std::string& part) {
  expect_error(ErrorKind::Usage, part, [&] { parse_json(text, "origin"); });
}

TEST(ParseJson, KeepsTheOrderOfKeys) {
  const Json json = parse_json(R"({"z": 1, "a": [true, null, "x"]})", "origin");
  EXPECT_EQ(json.begin().key(), "z");
  EXPECT_EQ(dump_line(json), R"({"z":1,"a":[true,null,"x"]})");
}

TEST(ParseJson, RefusesBadSyntaxAndNamesTheOrigin) {
  for (const char* text :
       {"", " ", "{", "[1,]", "{\"a\":1} x", "nul", "{'a': 1}", "NaN", "\"\xFF\"", "{\"a\" 1}", "\x01"}) {
    expect_refused(text, "origin: not valid JSON: ");
  }
  expect_refused("{\n \"a\": ]", "line 2");
}

TEST(ParseJson, RefusesWhatFollowsTheValue) {
  using namespace std::string_view_literals;
  for (const std::string_view tail : {" x"sv, "{}"sv, "\0"sv, "\0x"sv, "\n\0{\"a\": 2}"sv}) {
    expect_refused("{\"a\": 1}" + std::string(tail), "origin: not valid JSON: ");
  }
  expect_refused("{\"a\": \"\0\"}"sv, "byte 8 is zero");
  EXPECT_EQ(parse_json("{\"a\": \"\\u0000\"} \r\n\t", "origin")["a"], "\0"sv) << "escaped, it is a character";
}

TEST(ParseJson, RefusesDuplicateKeys) {
  expect_refused(R"({"a": 1, "b": {"a": 2}, "a": 3})", "key \"a\" appears twice");
  expect_refused(R"([{"x": {"y": 1, "y": 1}}])", "key \"y\" appears twice");
  EXPECT_NO_THROW(parse_json(R"({"a": {"a": [{"a": 1}, {"a": 2}]}})", "origin"));
}

TEST(ParseJson, RefusesAbsurdNesting) {
  const std::string fine = std::string(90, '[') + std::string(90, ']');
  EXPECT_NO_THROW(parse_json(fine, "origin"));
  expect_refused(std::string(1'000'000, '['), "nested deeper than");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  expect_refused(objects, "nested deeper than");
}

TEST(ParseJson, RefusesNumbersThatAreNotFinite) {
  expect_refused("[1e999]", "origin");
}

TEST(FindValues, GiveNothingForAbsentAndNull) {
  const Json json = parse_json(R"({"null": null})", "origin");
  for (const char* key : {"null", "absent"}) {
    EXPECT_EQ(find_string(json, key, "origin"), std::nullopt);
    EXPECT_EQ(find_int(json, key, "origin"), std::nullopt);
    EXPECT_EQ(find_number(json, key, "origin"), std::nullopt);
    EXPECT_EQ(find_bool(json, key, "origin"), std::nullopt);
    const std::string part = std::string("origin: \"") + key + "\" is missing";
    expect_error(ErrorKind::Usage, part, [&] { get_string(json, key, "origin"); });
    expect_error(ErrorKind::Usage, part, [&] { get_int(json, key, "origin"); });
    expect_error(ErrorKind::Usage, part, [&] { get_number(json, key, "origin"); });
  }
}

TEST(FindValues, GiveWhatIsThere) {
  const Json json = parse_json(
      R"({"s": "x", "i": -5, "n": 2.5, "b": false, "max": 9223372036854775807, "min": -9223372036854775808})",
      "origin");
  EXPECT_EQ(get_string(json, "s", "origin"), "x");
  EXPECT_EQ(get_int(json, "i", "origin"), -5);
  EXPECT_EQ(get_number(json, "n", "origin"), 2.5);
  EXPECT_EQ(get_number(json, "i", "origin"), -5.0);
  EXPECT_EQ(find_bool(json, "b", "origin"), false);
  EXPECT_EQ(get_int(json, "max", "origin"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(get_int(json, "min", "origin"), std::numeric_limits<std::int64_t>::min());
}

TEST(FindValues, RefuseOtherTypes) {
  const Json json =
      parse_json(R"({"s": "x", "n": 2.5, "big": 9223372036854775808, "list": [1], "one": 1})", "origin");
  expect_error(ErrorKind::Usage, "\"n\" must be a string, found 2.5",
               [&] { find_string(json, "n", "origin"); });
  expect_error(ErrorKind::Usage, "\"n\" must be an integer", [&] { find_int(json, "n", "origin"); });
  expect_error(ErrorKind::Usage, "\"big\" must be an integer", [&] { find_int(json, "big", "origin"); });
  expect_error(ErrorKind::Usage, "\"s\" must be a number, found \"x\"",
               [&] { find_number(json, "s", "origin"); });
  expect_error(ErrorKind::Usage, "\"one\" must be true or false", [&] { find_bool(json, "one", "origin"); });
  expect_error(ErrorKind::Usage, "\"list\" must be a string", [&] { find_string(json, "list", "origin"); });
  expect_error(ErrorKind::Usage, "expected an object", [&] { find_string(json["list"], "x", "origin"); });
  expect_error(ErrorKind::Usage, "expected an object", [&] { find_int(Json(), "x", "origin"); });
}

TEST(DumpJson, IsOneLineOfValidUtf8WithoutNan) {
  Json json;
  json["bad"] = "a\xFF\nb";
  json["nan"] = std::nan("");
  json["inf"] = std::numeric_limits<double>::infinity();
  json["tenth"] = 0.1;
  EXPECT_EQ(dump_line(json), "{\"bad\":\"a\xEF\xBF\xBD\\nb\",\"nan\":null,\"inf\":null,\"tenth\":0.1}");
  EXPECT_EQ(dump_pretty(Json{{"a", 1}}), "{\n  \"a\": 1\n}");
}

TEST(ReadJsonFile, NamesTheFile) {
  const testing::TemporaryFolder folder;
  const auto good = folder.write("good.json", "{\"a\": 1}");
  EXPECT_EQ(read_json_file(good)["a"], 1);
  const auto bad = folder.write("bad.json", "{\"a\": ");
  expect_error(ErrorKind::Usage, bad.string() + ": not valid JSON", [&] { read_json_file(bad); });
  expect_error(ErrorKind::Usage, "No such file", [&] { read_json_file(folder.path() / "absent.json"); });
  expect_error(ErrorKind::Usage, "has 8 bytes", [&] { read_json_file(good, 7); });
}

}  // namespace
}  // namespace medbench
