#include "medbench/option_parser.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::array<std::string_view, 2> kColours{"red", "blue"};
constexpr std::array<std::string_view, 1> kWords{"FILE"};

struct Values {
  bool quiet = false;
  std::string name = "initial";
  std::string colour = "red";
  std::int64_t count = 7;
  std::optional<std::int64_t> limit;
  std::vector<std::int64_t> sizes{1};
  std::vector<std::string> pairs;
  double seconds = 1.5;
  std::vector<std::string> words;
  std::vector<std::string> files;
};

Values parse(const std::vector<std::string>& arguments, bool with_word = false) {
  Values values;
  OptionParser parser("program");
  parser.flag("--quiet", values.quiet);
  parser.text("--name", values.name);
  parser.choice("--colour", kColours, values.colour);
  parser.integer("--count", {1, 100}, values.count);
  parser.integer("--limit", {0, 5}, values.limit);
  parser.integers("--sizes", {1, 100}, values.sizes);
  parser.texts("--pair", values.pairs);
  parser.number("--seconds", {0.5, 10}, values.seconds);
  parser.words("--files", values.files);
  parser.also("--sizes", "--size-list");
  parser.also("--count", "--number");
  if (with_word) parser.positionals(kWords, values.words);
  parser.parse(arguments);
  return values;
}

std::string complaint(const std::vector<std::string>& arguments, bool with_word = false) {
  try {
    parse(arguments, with_word);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Usage);
    return error.what();
  }
  return "no error";
}

TEST(OptionParser, KeepsWhatIsNotGiven) {
  const Values values = parse({});
  EXPECT_FALSE(values.quiet);
  EXPECT_EQ(values.name, "initial");
  EXPECT_EQ(values.count, 7);
  EXPECT_EQ(values.limit, std::nullopt);
  EXPECT_THAT(values.sizes, ElementsAre(1));
}

TEST(OptionParser, ReadsEveryKind) {
  const Values values =
      parse({"--quiet", "--name=n=1", "--colour", "blue", "--count", "100", "--limit", "0", "--sizes", "1",
             "4", "8", "--pair", "a=1", "--pair", "b={\"x\":[1,2]}", "--seconds", "2.5"});
  EXPECT_TRUE(values.quiet);
  EXPECT_EQ(values.name, "n=1");
  EXPECT_EQ(values.colour, "blue");
  EXPECT_EQ(values.count, 100);
  EXPECT_EQ(values.limit, 0);
  EXPECT_THAT(values.sizes, ElementsAre(1, 4, 8));
  EXPECT_THAT(values.pairs, ElementsAre("a=1", "b={\"x\":[1,2]}"));
  EXPECT_EQ(values.seconds, 2.5);
}

TEST(OptionParser, AddsTheValuesOfAListThatIsGivenAgain) {
  EXPECT_THAT(parse({"--sizes", "1", "4", "--quiet", "--sizes", "8"}).sizes, ElementsAre(1, 4, 8));
}

TEST(OptionParser, SeparatesListsByCommasAndBlanks) {
  EXPECT_THAT(parse({"--sizes", "1,4", "8"}).sizes, ElementsAre(1, 4, 8));
  EXPECT_THAT(parse({"--sizes=1,4,", "--sizes", ",8"}).sizes, ElementsAre(1, 4, 8));
  EXPECT_THAT(parse({"--pair", "a=1,2"}).pairs, ElementsAre("a=1,2")) << "one value that may be repeated";
  EXPECT_EQ(parse({"--name", "a,b"}).name, "a,b");
  EXPECT_EQ(complaint({"--sizes", ","}), "--sizes needs a value");
  EXPECT_EQ(complaint({"--sizes", "1,x"}), "--sizes x: not a whole number; give 1 to 100");
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("a,b", "").string();
  EXPECT_THAT(parse({"--files", file, "c,d"}).files, ElementsAre(file, "c", "d"));
}

TEST(OptionParser, TakesAnotherNameAndRepeatsTheOneThatWasGiven) {
  EXPECT_THAT(parse({"--size-list", "1", "--sizes", "4", "--number=3"}).sizes, ElementsAre(1, 4));
  EXPECT_EQ(parse({"--number=3"}).count, 3);
  EXPECT_EQ(complaint({"--number", "0"}), "--number 0: out of range; give 1 to 100");
  EXPECT_EQ(complaint({"--number"}), "--number needs a value");
  EXPECT_EQ(complaint({"--number="}), "--number needs a value");
  EXPECT_EQ(complaint({"--count", "1", "--number", "2"}), "--number is given more than once");
  EXPECT_THAT(complaint({"--nubmer", "2"}), HasSubstr("did you mean --number?"));
}

TEST(OptionParser, SuggestsTheNearestName) {
  EXPECT_EQ(complaint({"--cuont", "3"}),
            "unknown option --cuont: did you mean --count? program --help lists what there is");
  EXPECT_EQ(complaint({"-x"}), "unknown option -x: program --help lists what there is");
}

TEST(OptionParser, RefusesAMissingValue) {
  EXPECT_EQ(complaint({"--name"}), "--name needs a value");
  EXPECT_EQ(complaint({"--name="}), "--name needs a value");
  EXPECT_EQ(complaint({"--name", ""}), "--name needs a value");
  EXPECT_EQ(complaint({"--name", "--quiet"}), "--name needs a value");
  EXPECT_EQ(complaint({"--sizes", "--quiet"}), "--sizes needs a value");
}

TEST(OptionParser, RefusesAValueTooMany) {
  EXPECT_EQ(complaint({"--quiet=yes"}), "--quiet takes no value, but got --quiet=yes");
  EXPECT_EQ(complaint({"--name", "a", "--name", "b"}), "--name is given more than once");
  EXPECT_THAT(complaint({"--name", "a", "b"}), HasSubstr("unexpected argument b"));
}

TEST(OptionParser, RefusesNumbersOutOfRange) {
  EXPECT_EQ(complaint({"--count", "0"}), "--count 0: out of range; give 1 to 100");
  EXPECT_EQ(complaint({"--count", "-3"}), "--count -3: out of range; give 1 to 100");
  EXPECT_EQ(complaint({"--count", "101"}), "--count 101: out of range; give 1 to 100");
  EXPECT_EQ(complaint({"--count", "99999999999999999999"}),
            "--count 99999999999999999999: out of range; give 1 to 100");
  EXPECT_EQ(complaint({"--sizes", "4", "-1"}), "--sizes -1: out of range; give 1 to 100");
  EXPECT_EQ(complaint({"--seconds", "0.4"}), "--seconds 0.4: out of range; give 0.5 to 10");
  EXPECT_EQ(complaint({"--seconds", "nan"}), "--seconds nan: out of range; give 0.5 to 10");
  EXPECT_EQ(complaint({"--seconds", "inf"}), "--seconds inf: out of range; give 0.5 to 10");
}

TEST(OptionParser, RefusesWhatIsNoNumber) {
  for (const char* text : {"abc", "1.5", "1e3", "0x10", " 1", "1 ", "+1", "1,2", "٣"}) {
    EXPECT_THAT(complaint({"--count", text}), HasSubstr("not a whole number; give 1 to 100")) << text;
  }
  EXPECT_EQ(complaint({"--seconds", "2s"}), "--seconds 2s: not a number; give 0.5 to 10");
}

TEST(OptionParser, RefusesAnUnknownChoice) {
  EXPECT_EQ(complaint({"--colour", "green"}), "--colour green: unknown; give one of: red, blue");
}

TEST(OptionParser, WantsItsWords) {
  EXPECT_THAT(parse({"a.json"}, true).words, ElementsAre("a.json"));
  EXPECT_EQ(complaint({}, true), "program: FILE is missing");
  EXPECT_THAT(complaint({"a", "b"}, true), HasSubstr("unexpected argument b"));
}

TEST(OptionParser, KeepsAComplaintOnOneLine) {
  EXPECT_THAT(complaint({"--count", "1\n2"}), HasSubstr("1\\n2"));
  EXPECT_THAT(complaint({"--b\nad"}), HasSubstr("--b\\nad"));
}

}  // namespace
}  // namespace medbench
