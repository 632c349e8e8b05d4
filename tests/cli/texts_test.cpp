// Files of texts of every kind, as the user gives them.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.hpp"
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
  // With `input` on standard input, or as the shell does it with "$@".
  [[nodiscard]] testing::ProgramOutput run_piped(const std::string& input, const Words& more,
                                                 const std::string& shell = "exec \"$@\"") const {
    const auto file = folder().write("input", input);
    Words words{"sh",
                "-c",
                "cat '" + file.string() + "' | { " + shell + "; }",
                "sh",
                testing::binary("medbench"),
                "medical",
                "--backend",
                "fake",
                "--device",
                "cpu",
                "--num-iterations",
                "2",
                "--seq-lengths",
                "8",
                "--output-dir",
                output().string(),
                "--model",
                model()};
    words.insert(words.end(), more.begin(), more.end());
    return testing::run_program(options(words));
  }
  [[nodiscard]] Result piped(const std::string& input, Words more) const {
    more.emplace_back("--json");
    const auto output = run_piped(input, more);
    EXPECT_EQ(output.status, exited(0)) << output.err;
    return result_from_json(parse_json(output.out, "standard output").at(0));
  }
  [[nodiscard]] std::size_t kept_texts() const {
    std::size_t count = 0;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(output(), ignored))
      count += entry.path().filename().string().starts_with("text_") ? 1U : 0U;
    return count;
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
              AllOf(HasSubstr("notes.tsv: 5 texts, the first 2 are run\n"), Not(HasSubstr("cut to"))))
      << "no more batches than iterations";
}

// Of 8, 4, 8, 3 and 8 tokens.
constexpr const char* kNotes =
    "word5 word6 word7 word8 word9 word10\nword5 word6\nword6 word7 word8 word9 word10 word11\nword7\n"
    "word7 word8 word9 word10 word11 word12\n";

TEST_F(Texts, OfLikeLengthShareABatch) {
  auto words = given("notes.txt", kNotes);
  words.insert(words.end(), {"--batch-sizes", "2", "--pad", "longest", "--num-iterations", "6"});
  const Result as_given = measured(words);
  words.insert(words.end(),
               {"--batch-order", "length", "--output-dir", (folder().path() / "sorted").string()});
  const Result sorted = measured(words);
  EXPECT_EQ(as_given.job.work.text()->order, BatchOrder::Given);
  EXPECT_EQ(sorted.job.work.text()->order, BatchOrder::Length);
  EXPECT_EQ(sorted.job.work.text()->batches, 6) << "no more than iterations";
  EXPECT_EQ(sorted.details.at("inputs").at("batch_order"), "length");
  EXPECT_EQ(sorted.details.at("inputs").at("texts_used"), 5);
  const auto lengths = [](const Result& row) {
    std::vector<std::int64_t> found;
    for (const Json& batch : row.details.at("inputs").at("batches")) found.push_back(batch.at("seq_length"));
    return found;
  };
  EXPECT_THAT(lengths(as_given), ::testing::ElementsAre(8, 8, 8));
  EXPECT_THAT(lengths(sorted), ::testing::ElementsAre(4, 8, 8));
  EXPECT_EQ(as_given.metrics.get("padding_ratio"), 1 - 39.0 / 48);
  EXPECT_EQ(sorted.metrics.get("padding_ratio"), 1 - 39.0 / 40);
  EXPECT_GT(sorted.metrics.get("texts_per_second"), 0);
  EXPECT_EQ(sorted.metrics.get("texts_per_second"), sorted.metrics.get("sequences_per_second"));
}

TEST_F(Texts, HaveColumnsOfTheirOwn) {
  auto words = given("notes.txt", kNotes);
  words.insert(words.end(), {"--batch-order", "length", "--text-batches", "3"});
  const auto output = run(words);
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("notes.txt: 5 texts, the first 3 are run\n"));
  EXPECT_THAT(output.out,
              AllOf(HasSubstr("  useful tokens/s  texts/s  padding  "), Not(HasSubstr("  tokens/s"))));
  const std::string csv = read_text_file(this->output() / "summary.csv");
  for (const char* column :
       {",texts_per_second,", ",useful_tokens_per_second,", ",padding_ratio,", ",batch_order,texts_used,"})
    EXPECT_THAT(csv, HasSubstr(column));
  EXPECT_THAT(csv, HasSubstr(",length,3,"));
  EXPECT_THAT(read_text_file(this->output() / "summary.md"),
              HasSubstr("useful tokens/s | texts/s | padding"));
}

TEST_F(Texts, WarnWhereNotAllBatchesWereRun) {
  auto words = given("notes.txt", kNotes);
  const auto warned = [&] {
    const Result row = measured(words);
    return std::ranges::count(row.warnings, std::string("batches_left"), &Warning::kind);
  };
  EXPECT_EQ(warned(), 0);
  words.insert(words.end(), {"--text-batches", "4"});
  EXPECT_EQ(warned(), 1);
  words.insert(words.end(), {"--num-iterations", "4"});
  EXPECT_EQ(warned(), 0);
}

TEST_F(Texts, AreInSoManyBatchesAsThereCanBe) {
  const auto refused = [&](const std::string& value, const std::string& complaint) {
    auto words = given("notes.txt", kNotes);
    words.insert(words.end(), {"--text-batches", value});
    expect_refused(words, "--text-batches " + value + ": " + complaint);
  };
  refused("0", "out of range; give 1 to 1024");
  refused("1025", "out of range; give 1 to 1024");
  refused("99999999999999999999", "out of range; give 1 to 1024");
  refused("some", "give a number or all");
  refused("-1", "give a number or all");
}

TEST_F(Texts, KeepTheirOrderInAResumedRun) {
  auto words = given("notes.txt", kNotes);
  words.insert(words.end(), {"--batch-order", "length", "--text-batches", "all"});
  ASSERT_EQ(run(words).status, exited(0));
  const auto resume = [&](const Words& more) {
    Words resumed{"medical", "--resume", output().string()};
    if (!more.empty()) resumed.insert(resumed.end(), words.begin(), words.begin() + 2);  // --text FILE
    resumed.insert(resumed.end(), more.begin(), more.end());
    return medbench(resumed).err;
  };
  EXPECT_THAT(resume({}), HasSubstr("1 of 1 rows are finished already"));
  EXPECT_THAT(resume({"--batch-order", "length"}), HasSubstr("1 of 1 rows are finished already"));
  EXPECT_THAT(
      resume({"--batch-order", "given"}),
      HasSubstr("it holds another plan: in row 1 batch_order is \"length\" there and \"given\" here"));
  EXPECT_THAT(resume({"--text-batches", "4"}),
              HasSubstr("it holds another plan: in row 1 batches is \"all\" there and 4 here"));
}

TEST_F(Texts, AreNotAllRunWhereTheyAreTooMany) {
  std::string many;
  for (int i = 0; i < 2050; ++i) many += "word5\n";
  auto words = given("many.txt", many);
  words.insert(words.end(), {"--text-batches", "all", "--batch-sizes", "2"});
  expect_refused(words, "many.txt: its 2050 texts are 1025 batches of 2, and at most 1024 can be run");
  words.back() = "3";
  EXPECT_EQ(run(words).status, exited(0));
}

TEST_F(Texts, OfWhichOneIsALoneQuoteAreRead) {
  expect_texts(given("notes.tsv", "id\tnote\n1\tword5\n2\t\"\n", "note"), 2);
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
                 "notes.csv.gz: its gzip is cut short after 4 bytes; copy the file again");
  expect_refused(given("notes.csv", "version https://git-lfs.github.com/spec/v1\n", "note"), "git lfs pull");
}

TEST_F(Texts, OfOtherSeparators) {
  expect_texts(given("a.csv", "id;note\n1;word5, word6\n", "note"), 1);
  expect_texts(given("b.csv", "sep=;\r\nid;note\r\n1;word5\r\n2;word6\r\n", "note"), 2);
  expect_texts(given("c.csv", "id\tnote\n1\tword5\n", "note"), 1);
}

TEST_F(Texts, FromAPipeAreReadOnceAndKept) {
  const std::string input = "word5 word6\nword7\nword8\n";
  for (const char* stream : {"-", "/dev/stdin"}) {
    const Result row = piped(input, {"--text", stream});
    EXPECT_EQ(row.details.at("inputs").at("texts"), 3);
    const std::filesystem::path kept = row.job.work.text()->file;
    EXPECT_EQ(kept.parent_path(), output());
    EXPECT_THAT(kept.filename().string(), ::testing::MatchesRegex("text_[0-9a-f]+\\.txt"));
    EXPECT_EQ(read_text_file(kept), input);
  }
  EXPECT_EQ(kept_texts(), 1U) << "the same content is the same file";
  EXPECT_EQ(
      piped("id\tnote\n1\tword5\n", {"--text", "-", "--text-column", "note"}).details["inputs"]["texts"], 1);
  EXPECT_EQ(
      piped("{\"note\": \"word5\"}\n", {"--text", "-", "--text-column", "note"}).details["inputs"]["texts"],
      1);
  EXPECT_EQ(kept_texts(), 3U);
}

TEST_F(Texts, FromAPipeThatAreRefusedAreNotKept) {
  EXPECT_THAT(run_piped("", {"--text", "-"}).err, HasSubstr("--text -: nothing came through it"));
  EXPECT_THAT(run_piped("word5\n", {"--text", "-", "--text-column", "note"}).err,
              HasSubstr("no column \"note\""));
  EXPECT_EQ(kept_texts(), 0U);
}

TEST_F(Texts, FromAPipeAreThereForAResumedRun) {
  ASSERT_EQ(run_piped("word5\nword6\n", {"--text=-"}).status, exited(0));
  const Words bare{"medical", "--resume", output().string()};
  EXPECT_THAT(medbench(bare).err, HasSubstr("1 of 1 rows are finished already"));
  const auto again = [&](const std::string& text) {
    const auto file = folder().write("other.txt", text).string();
    return medbench({"medical", "--resume", output().string(), "--text", file});
  };
  EXPECT_THAT(again("word5\nword6\n").err, HasSubstr("1 of 1 rows are finished already"));
  EXPECT_THAT(again("word7\n").err, HasSubstr("it holds another plan: in row 1 xxh128 is "));
}

TEST_F(Texts, FromAPipeAreNotKeptByADryRun) {
  const auto output = run_piped("word5\nword6\n", {"--text", "-", "--dry-run"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr(": 2 texts"));
  EXPECT_FALSE(std::filesystem::exists(this->output()));
}

TEST_F(Texts, FromANamedPipe) {
  const auto pipe = folder().path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto output =
      run_piped("word5\nword6\n", {"--text", pipe.string(), "--json"},
                "cat '" + (folder().path() / "input").string() + "' > '" + pipe.string() + "' & exec \"$@\"");
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(kept_texts(), 1U);
}

TEST_F(Texts, OfAnotherContentAreOtherWork) {
  const auto write = [&](const std::string& name, std::string_view content) {
    return folder()
        .write(name + ".json", dump_line(to_json(measured(given(name + ".txt", content)))))
        .string();
  };
  const auto base = write("base", "word5 word6\nword7\n");
  const auto same = write("same", "word5 word6\nword7\n");
  const auto other = write("other", "word5\nword7\n");
  EXPECT_EQ(medbench({"compare", base, same}).err.find("differs"), std::string::npos);
  const auto refused = medbench({"compare", base, other});
  EXPECT_EQ(refused.status, exited(2));
  EXPECT_THAT(refused.err, AllOf(HasSubstr("the source of inputs differs"), HasSubstr("base.txt (content "),
                                 HasSubstr("other.txt (content ")));
  // Under the name of the first, too.
  const auto changed = write("base", "word8\n");
  EXPECT_THAT(medbench({"compare", same, changed}).err, HasSubstr("the source of inputs differs"));
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
