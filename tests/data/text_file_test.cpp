#include "data/text_file.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "tests/support/errors.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using testing::expect_error;
using testing::gzipped;

class TextFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> read(std::string_view name, std::string_view content,
                                              std::string_view column = "") const {
    return read_texts(folder.write(name, content), column);
  }
  void expect_usage(std::string_view name, std::string_view content, std::string_view column,
                    const std::string& message) const {
    expect_error(ErrorKind::Usage, message, [&] { (void)read(name, content, column); });
  }
  testing::TemporaryFolder folder;
};

TEST_F(TextFile, OneTextALine) {
  EXPECT_THAT(read("a.txt", "one\r\n\n  \t\ntwo, \"2\"\n three"), ElementsAre("one", "two, \"2\"", " three"));
  EXPECT_THAT(read("notes", "\xEF\xBB\xBF{a}\n[1]\nPAR1 inhibitors\n"),
              ElementsAre("{a}", "[1]", "PAR1 inhibitors"));
}

TEST_F(TextFile, Csv) {
  constexpr std::string_view kContent =
      "\xEF\xBB\xBFid,note\r\n1,\"two\nlines\"\r\n2,\r\n3,\"a, \"\"b\"\"\"\r\n";
  EXPECT_THAT(read("a.csv", kContent, "note"), ElementsAre("two\nlines", "a, \"b\""));
  EXPECT_THAT(read("a.CSV", kContent, "id"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(read("a.tsv", "id\tnote\n1\ta, b\n", "note"), ElementsAre("a, b"));
}

TEST_F(TextFile, LoneQuotesInTabSeparatedText) {
  EXPECT_THAT(read("a.tsv", "note\tid\na\t1\n\"\t2\nc\t3\n\"\t4\ne\t5\n", "note"),
              ElementsAre("a", "\"", "c", "\"", "e"));
}

TEST_F(TextFile, TheSeparatorIsThatOfTheHeader) {
  EXPECT_THAT(read("a.csv", "id;note\n1;\"a; b\"\n2;c, d\n", "note"), ElementsAre("a; b", "c, d"));
  EXPECT_THAT(read("a.csv", "\"id\";\"my note\"\n1;a\n", "my note"), ElementsAre("a"));
  EXPECT_THAT(read("a.csv", "id\tnote\n1\t\"\n2\tb\n", "note"), ElementsAre("\"", "b"));
  EXPECT_THAT(read("a.csv", "id|note\n1|a\n", "note"), ElementsAre("a"));
  EXPECT_THAT(read("a.csv", "\xEF\xBB\xBFsep=;\r\nid;a,b\r\n1;x\r\n", "a,b"), ElementsAre("x"));
  EXPECT_THAT(read("notes", "id,note\n1,\"a\nb\"\n", "note"), ElementsAre("a\nb"));
  EXPECT_THAT(read("a.txt", "id\tnote\n1\ta\n", "note"), ElementsAre("a"));
  expect_usage("a.csv", "sep=;\nid;note\n1;a;b\n", "note", "line 3: 3 fields, but the header row has 2");
  expect_usage("a.csv", "id;note\n1;x\n", "text", "no column \"text\"; the header row has: id, note");
}

TEST_F(TextFile, Jsonl) {
  EXPECT_THAT(
      read("a.jsonl", "{\"note\": \"a\\nb\", \"id\": 1}\n\n{\"note\": \" \"}\r\n{\"note\": \"é\"}", "note"),
      ElementsAre("a\nb", "é"));
}

TEST_F(TextFile, JsonByContent) {
  constexpr std::string_view kLines = "\n{\"note\": \"a\"}\n{\"note\": \"b\"}\n";
  for (const char* name : {"a.ndjson", "a.json", "a.NDJSON", "a.txt", "stdin"})
    EXPECT_THAT(read(name, kLines, "note"), ElementsAre("a", "b")) << name;
  EXPECT_THAT(read("a.json", "[\n {\"note\": \"a\"},\n {\"note\": \" \"}, {\"note\": \"b\"}]\n", "note"),
              ElementsAre("a", "b"));
  for (const char* name : {"a.ndjson", "a.json", "a.txt"})
    expect_usage(name, kLines, "",
                 "line 2: it holds JSON, which needs --text-column, the key that holds the "
                 "text; it has: note");
  expect_usage("a.json", "[{\"id\": \"a\"}]", "", "element 1: it holds JSON, which needs --text-column");
  expect_usage("a.json", "[\"a\"]", "", "element 1: expected a JSON object");
  expect_usage("a.json", "{\n\"note\": \"a\"\n}\n", "note", "one JSON object; give an array of objects");
}

TEST_F(TextFile, PackedByGzip) {
  const std::string csv = gzipped("id,note\n1,a\n2,\"b\nc\"\n");
  for (const char* name : {"a.csv.gz", "a.CSV.GZ", "a.csv"})
    EXPECT_THAT(read(name, csv, "note"), ElementsAre("a", "b\nc")) << name;
  EXPECT_THAT(read("a.jsonl.gz", gzipped("{\"note\": \"a\"}\n"), "note"), ElementsAre("a"));
  EXPECT_THAT(read("notes.gz", gzipped("\xEF\xBB\xBFone\n") + gzipped("two\n"), ""),
              ElementsAre("one", "two"));
  EXPECT_THAT(read("a.txt.gz", gzipped("one\n") + std::string(512, '\0'), ""), ElementsAre("one"));
  const std::string many = [] {
    std::string text;
    for (int i = 0; i < 40000; ++i) text += fmt::format("text number {}\n", i);
    return text;
  }();
  EXPECT_EQ(read("a.txt.gz", gzipped(many), "").size(), 40000U);
}

TEST_F(TextFile, BrokenGzip) {
  const std::string whole = gzipped("one\ntwo\nthree\n");
  for (std::size_t size = 2; size < whole.size(); ++size)
    expect_usage("a.txt.gz", whole.substr(0, size), "",
                 fmt::format("a.txt.gz: its gzip is cut short after {} bytes; copy the file again", size));
  std::string wrong = whole;
  wrong[whole.size() - 8] ^= 1;
  expect_usage("a.txt.gz", wrong, "",
               fmt::format("its gzip is broken at byte {}: incorrect data check", whole.size() - 4));
  expect_usage("a.txt.gz", whole + "more", "",
               fmt::format("its gzip ends at byte {}, where something else follows", whole.size()));
  expect_usage("a.txt.gz", gzipped(""), "", "the file is empty");
  expect_usage("a.txt.gz", gzipped("one\n\xFF\n"), "", "line 2 is not valid UTF-8");
  expect_usage("a.txt.gz", gzipped(whole), "", "it is compressed with gzip; unpack it");
}

TEST_F(TextFile, GzipNeedsATemporaryFolder) {
  const std::string file = folder.write("a.txt.gz", gzipped("one\n"));
  const testing::ScopedEnvironment variable("TMPDIR", "/proc");  // where nobody can make a file
  expect_error(ErrorKind::Environment, "let TMPDIR name another folder", [&] { read_texts(file, ""); });
}

TEST_F(TextFile, WhatIsNoTextIsNamed) {
  expect_usage("a.parquet", "PAR1\x15\x04 PAR1", "", "it is a Parquet file; write it as JSON lines");
  expect_usage("a.csv.zst", "\x28\xB5\x2F\xFD", "note", "it is compressed with zstd; unpack it");
  expect_usage("a.xlsx", "PK\x03\x04x", "note", "it is a ZIP archive");
  expect_usage("a.txt", std::string_view("\xFF\xFE\x61\0", 4), "", "iconv -f UTF-16 -t UTF-8");
  expect_usage("a.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n", "",
               "git lfs pull");
}

TEST_F(TextFile, ErrorsOfEveryKindOfFile) {
  expect_error(ErrorKind::Usage, "missing.txt", [&] { read_texts(folder.path() / "missing.txt", ""); });
  expect_error(ErrorKind::Usage, folder.path().string(), [&] { read_texts(folder.path(), ""); });
  expect_usage("a.txt", "", "", "the file is empty");
  expect_usage("a.txt", "\n \n\t\r\n", "", "no text in it");
  expect_usage("a.txt", "\xEF\xBB\xBF", "", "no text in it");
  expect_usage("a.txt", std::string("one\ntwo\0", 8), "", "line 2 holds a NUL byte");
  expect_usage("a.txt", "one\ntwo\nthr\xE9\n", "", "line 3 is not valid UTF-8");
  expect_usage("a.txt", "one\n", "note", "no column \"note\"; the header row has: one");
}

TEST_F(TextFile, ErrorsOfCsv) {
  expect_usage("a.csv", "id,note\n1,x\n", "", "needs --text-column");
  expect_usage("a.csv", "id,note\n1,x\n", "text", "no column \"text\"; the header row has: id, note");
  expect_usage("a.csv", "note,note\n1,x\n", "note", "two columns are named \"note\"");
  expect_usage("a.csv", "id,note\n1,x\n1,x,y\n", "note", "line 3: 3 fields, but the header row has 2");
  expect_usage("a.csv", "id,note\n1,\"x\n", "note", "line 2: the quote that opens here is never closed");
  expect_usage("a.csv", "id,note\n1,\n", "note", "no text in it");
  expect_usage("a.csv", "\n\n", "note", "no column \"note\"");
  std::string wide = "c0";
  for (int i = 1; i < 100; ++i) wide += ",c" + std::to_string(i);
  expect_usage("a.csv", wide, "note", "c18, c19, ...");
}

TEST_F(TextFile, ErrorsOfJsonl) {
  expect_usage("a.jsonl", "{\"note\": \"x\"}\n", "",
               "it holds JSON, which needs --text-column, the key that");
  expect_usage("a.jsonl", "{\"note\": \"x\"}\n\n{\"note\":\n", "note", "line 3: not valid JSON");
  expect_usage("a.jsonl", "{\"note\": \"x\"}\n[1]\n", "note", "line 2: expected a JSON object");
  expect_usage("a.jsonl", "{\"id\": 1, \"text\": \"x\"}\n", "note",
               "line 1: no key \"note\"; the object has: id, text");
  expect_usage("a.jsonl", "{\"note\": 5}\n", "note", "line 1: \"note\" must be a string, found number");
  expect_usage("a.jsonl", "{\"note\": null}\n", "note", "line 1: \"note\" must be a string, found null");
  expect_usage("a.jsonl", "{\"note\": \"\"}\n", "note", "no text in it");
}

// The sentences that are shipped are what their description says.
TEST(ShippedTexts, ClinicalSentences) {
  const auto texts = read_texts(testing::source_folder() / "datasets/clinical_sentences.txt", "");
  EXPECT_GE(texts.size(), 220U);
  auto sorted = texts;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end());
}

}  // namespace
}  // namespace medbench
