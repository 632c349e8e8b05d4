// Files of texts of every kind, as the user gives them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/checkpoint_folder.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;

class Texts : public testing::CheckpointFolder {
 protected:
  [[nodiscard]] Words given(const std::string& name, std::string_view content,
                            const std::string& column = {}) const {
    Words words{"--text", folder().write(name, content).string()};
    if (!column.empty()) words.insert(words.end(), {"--text-column", column});
    return words;
  }
  void expect_texts(const Words& words, std::int64_t count) const {
    EXPECT_EQ(measured(words).details.at("inputs").at("texts"), count);
  }
};

TEST_F(Texts, AreCountedOnTheScreen) {
  const auto output =
      run(given("notes.tsv", "id\tnote\n1\tword5\n2\t\"\n3\tword6\n4\t\"\n5\tword7\n", "note"));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err,
              AllOf(HasSubstr("notes.tsv: 5 texts, the first 4 are run\n"), Not(HasSubstr("cut to"))));
}

TEST_F(Texts, JsonIsReadAsSuch) {
  const std::string lines = "{\"note\": \"word5\"}\n{\"note\": \"word6\"}\n";
  for (const char* name : {"notes.ndjson", "notes.json", "notes.txt", "notes"}) {
    expect_texts(given(name, lines, "note"), 2);
    EXPECT_THAT(run(given(name, lines)).err, HasSubstr("needs --text-column, the key that holds the text"));
  }
  expect_texts(given("array.json", "[{\"note\": \"word5\"},\n {\"note\": \"word6\"}]", "note"), 2);
}

TEST_F(Texts, WhatIsNoTextIsRefusedByName) {
  expect_refused(given("notes.parquet", "PAR1\x15\x04PAR1"),
                 "notes.parquet: it is a Parquet file; write it as");
  expect_refused(given("notes.csv.gz", "\x1F\x8B\x08\x08", "note"),
                 "notes.csv.gz: it is compressed with gzip; unpack");
  expect_refused(given("notes.csv", "version https://git-lfs.github.com/spec/v1\n", "note"), "git lfs pull");
}

TEST_F(Texts, OfOtherSeparators) {
  expect_texts(given("a.csv", "id;note\n1;word5, word6\n", "note"), 1);
  expect_texts(given("b.csv", "sep=;\r\nid;note\r\n1;word5\r\n2;word6\r\n", "note"), 2);
  expect_texts(given("c.csv", "id\tnote\n1\tword5\n", "note"), 1);
}

TEST_F(Texts, ThatAreCutAreSaid) {
  const std::string notes = "word5\nword5 word6 word7 word8 word9 word10 word11\nword6\n";
  auto words = given("notes.txt", notes);
  words.insert(words.end(), {"--seq-lengths", "8", "4", "10", "--batch-sizes", "1", "2"});
  const auto output = run(words);
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("notes.txt: 3 texts; 1 of 3 texts cut to 8 tokens, 1 of 3 to 4\n"));
  words.emplace_back("--quiet");
  EXPECT_EQ(run(words).err, "");
}

}  // namespace
}  // namespace medbench
