#include "data/labelled_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <vector>

#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using testing::expect_error;

class LabelledRows : public ::testing::Test {
 protected:
  // "number@line text|label|split"
  [[nodiscard]] std::vector<std::string> read(std::string_view name, std::string_view content) const {
    std::vector<std::string> rows;
    read_labelled_rows(folder.write(name, content), [&](const LabelledRow& row) {
      rows.push_back(fmt::format("{}@{} {}|{}|{}", row.number, row.line, row.text, row.label, row.split));
    });
    return rows;
  }
  void expect_usage(std::string_view name, std::string_view content, const std::string& message) const {
    expect_error(ErrorKind::Usage, message, [&] { (void)read(name, content); });
  }
  testing::TemporaryFolder folder;
};

TEST_F(LabelledRows, OfATable) {
  EXPECT_THAT(
      read("a.csv", "\xEF\xBB\xBFtext,label,source,split\r\n\"a,\nb\",x,s,train\r\n\r\nc, ,s,test\r\n"),
      ElementsAre("1@2 a,\nb|x|train", "2@5 c||test"));
  EXPECT_THAT(read("a.tsv", "split\tlabel\ttext\ntrain\tx\tsays \"no\"\n"),
              ElementsAre("1@2 says \"no\"|x|train"));
  EXPECT_THAT(read("a.csv", "sep=;\ntext;label;split\na;x;test\n"), ElementsAre("1@3 a|x|test"));
  EXPECT_THAT(read("dataset", "text;label;split\na;x;test\n"), ElementsAre("1@2 a|x|test"));
}

TEST_F(LabelledRows, OfJsonLines) {
  EXPECT_THAT(read("a.jsonl",
                   "{\"text\": \"a\", \"label\": \"x\", \"split\": \"train\", \"source\": 1}\n\n"
                   "{\"text\": \"b\", \"label\": -2, \"split\": \"test\"}\r\n"
                   "{\"text\": \"c\", \"label\": null, \"split\": \"test\"}\n"
                   "{\"text\": \"d\", \"split\": \"test\"}"),
              ElementsAre("1@1 a|x|train", "2@3 b|-2|test", "3@4 c||test", "4@5 d||test"));
  EXPECT_THAT(read("a.json", "{\"text\": \"a\", \"label\": \"x\", \"split\": \"train\"}\n"),
              ElementsAre("1@1 a|x|train"));
}

TEST_F(LabelledRows, WhatCannotBeRead) {
  expect_usage("a.csv", "", "the file is empty");
  expect_usage("a.csv", "text,label,split\na,x,train\n\xFF,y,test\n", "line 3 is not valid UTF-8");
  expect_usage("a.csv", "text,source,split\n",
               "no column \"label\"; the header row has: text, source, split");
  expect_usage("a.csv", "label,split\n", "no column \"text\"");
  expect_usage("a.csv", "text,label\n", "no column \"split\"");
  expect_usage("a.csv", "text,label,split,label\n", "two columns are named \"label\"");
  expect_usage("a.csv", "text,label,split\na,x\n", "line 2: 2 fields, but the header row has 3");
  expect_usage("a.csv", "text,label,split\na,x,\"test\n", "line 2: the quote that opens here");
  expect_usage("a.csv", "\x1F\x8B", "its gzip is cut short after 2 bytes");
  expect_usage("a.jsonl", "{\"text\": \"a\", \"label\": \"x\"}\n", "line 1: no key \"split\"");
  expect_usage("a.jsonl", "{\"text\": \"a\", \"label\": 1.5, \"split\": \"test\"}\n",
               "line 1: \"label\" must be a string or an integer, found number");
  expect_usage("a.jsonl", "\n[1]\n", "line 2: expected a JSON object");
  expect_usage("a.jsonl", "\n{\"text\"\n", "line 2: not valid JSON");
  expect_usage("a.json", "[{\"text\": \"a\"}]\n", "not JSON objects, one a line");
}

TEST_F(LabelledRows, NoPipeAndNoFolder) {
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto read_path = [](const std::filesystem::path& path) {
    read_labelled_rows(path, [](const LabelledRow&) {});
  };
  expect_error(ErrorKind::Usage, "it is not a regular file", [&] { read_path(pipe); });
  expect_error(ErrorKind::Usage, "it is a folder", [&] { read_path(folder.path()); });
  expect_error(ErrorKind::Usage, "cannot read", [&] { read_path(folder.path() / "none.csv"); });
}

}  // namespace
}  // namespace medbench
