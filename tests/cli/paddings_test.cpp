// The same texts with several paddings in one run, with the reference interpreter in the place of torch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramOutput;

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class Paddings : public testing::MatrixTest {
 protected:
  [[nodiscard]] static std::string texts_model() {
    return (testing::source_folder() / "tests" / "evaluation" / "texts_model").string();
  }
  [[nodiscard]] std::string notes() const {
    return folder()
        .write("notes.txt", "fever\nno fever, no chills\nsevere pain in the chest since Friday\nstable\n")
        .string();
  }
  [[nodiscard]] Words words(const std::string& command, const Words& more) const {
    const bool is_matrix = command == "matrix";
    Words words{testing::binary("medbench"), command};
    const auto add = [&](const char* name, const std::string& value) {
      if (std::ranges::find(more, name) == more.end()) words.insert(words.end(), {name, value});
    };
    add("--model", texts_model());
    add("--backend", "torch");
    add("--device", "cpu");
    add("--text", notes());
    add("--iters", "4");
    add("--warmup", "0");
    add("--output-dir", output().string());
    add(is_matrix ? "--batch-size" : "--batch-sizes", "2");
    add(is_matrix ? "--seq-length" : "--seq-lengths", "24");
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] ProgramOutput run(const Words& more, const std::string& command = "matrix") const {
    return testing::run_program(options(words(command, more)));
  }
  [[nodiscard]] ProgramOutput resume(const Words& more) const {
    Words words{"matrix", "--resume", output().string()};
    words.insert(words.end(), more.begin(), more.end());
    return medbench(words);
  }
  [[nodiscard]] std::string file(const char* name) const { return read_text_file(output() / name); }
};

TEST_F(Paddings, AreRowsOfOneTable) {
  for (const std::string command : {"matrix", "medical"}) {
    SCOPED_TRACE(command);
    const auto output = run({"--pad", "longest,none", "none", "--json"}, command);
    ASSERT_EQ(output.status, exited(0)) << output.err;
    const std::vector<Result> rows = rows_of(output);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].job.work.text()->padding, Padding::Longest);
    EXPECT_EQ(rows[1].job.work.text()->padding, Padding::None);
    EXPECT_TRUE(rows[0].job.protocol.turn);
    EXPECT_GT(rows[0].metrics.get("padding_ratio"), 0);
    EXPECT_EQ(rows[1].metrics.get("padding_ratio"), 0);
  }
}

TEST_F(Paddings, AreComparedWithEachOther) {
  const auto output = run({"--pad", "fixed", "longest", "none", "--restarts", "3", "--acc-check"});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out,
              AllOf(HasSubstr("  pad  "), HasSubstr("  longest  "),
                    HasSubstr("texts_model 2 x 24: fastest whose"), HasSubstr("is torch cpu fp32 (padding "),
                    HasSubstr("; next is torch cpu fp32 (padding "), HasSubstr("over 3 processes)")));
  EXPECT_EQ(count(output.out, "fastest whose parity holds"), 1U) << output.out;
  EXPECT_EQ(count(output.err, "computing the reference of"), 2U)
      << "that of longest serves none, too: " << output.err;
  EXPECT_THAT(output.err, HasSubstr("fp32 2 x 24 (padding none)"));
  EXPECT_THAT(file("summary.md"),
              AllOf(HasSubstr(" pad |"), HasSubstr(" none |"), HasSubstr("is torch cpu fp32 (padding ")));
}

TEST_F(Paddings, AreOneGroupOfThePage) {
  const auto output = run({"--pad", "longest", "none", "--report"});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  const std::string page = file("report.html");
  EXPECT_EQ(count(page, "<article class=answer>"), 1U);
  EXPECT_THAT(page, AllOf(HasSubstr("torch cpu fp32 (padding longest)"),
                          HasSubstr("torch cpu fp32 (padding none)"), HasSubstr("seq 24, texts</h3>")));
  EXPECT_THAT(file("summary.csv"), HasSubstr(",padding,batch_order,"));
}

TEST_F(Paddings, OfOneWordAreWhatTheyWere) {
  const auto output = run({"--pad", "none", "none", "--precision", "fp32", "bf16"});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, AllOf(Not(HasSubstr("  pad  ")), Not(HasSubstr("(padding")),
                                HasSubstr("fastest is torch cpu ")));
}

TEST_F(Paddings, AreForetold) {
  const auto output = run({"--pad", "longest", "none", "--dry-run", "--playoff-budget", "5"});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, AllOf(HasSubstr("  pad  "), HasSubstr("  none\n"), HasSubstr("2 of 2 rows run")));
  EXPECT_THAT(run({"--pad", "none", "--dry-run"}).out, Not(HasSubstr("  pad  ")));
}

// With the fake worker, whose passes take as long as it is told.
TEST_F(Paddings, ArePlayedOff) {
  const auto output = run({"--pad", "longest", "none", "--backend", "openvino", "--backend-option",
                           R"(script={"latencies_ms":[10]})", "--playoff-budget", "60"});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("play-off of 2 rows of texts_model 2 x 24"));
  EXPECT_THAT(output.out, AllOf(HasSubstr("leads and cannot be told from openvino cpu fp32 (padding "),
                                HasSubstr("6 rounds")));
}

TEST_F(Paddings, AreFinishedByResuming) {
  ASSERT_EQ(run({"--pad", "longest", "none"}).status, exited(0));
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(output())) {
    if (entry.path().filename().string().starts_with("matrix_")) files.push_back(entry.path());
  }
  ASSERT_EQ(files.size(), 2U);
  std::filesystem::remove(files.front());
  const auto resumed = resume({});
  EXPECT_EQ(resumed.status, exited(0)) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("1 of 2 rows are finished already"));
  EXPECT_THAT(resume({"--pad", "longest,none"}).err, HasSubstr("2 of 2 rows are finished already"));
  EXPECT_THAT(resume({"--pad", "none", "longest"}).err,
              HasSubstr("it holds another plan: in row 1 padding is \"longest\" there and \"none\" here"));
  EXPECT_THAT(resume({"--pad", "longest"}).err,
              HasSubstr("it holds another plan: it has 2 rows, and here are 1"));
}

TEST_F(Paddings, AreOtherRowsToCompare) {
  ASSERT_EQ(run({"--pad", "longest", "none"}).status, exited(0));
  const auto output = medbench({"compare", this->output().string(), this->output().string()});
  EXPECT_THAT(output.out, AllOf(HasSubstr("torch cpu fp32 (padding longest)"),
                                HasSubstr("torch cpu fp32 (padding none)"), Not(HasSubstr("not compared"))));
}

TEST_F(Paddings, AreNotBothOnOneSideOfAb) {
  const Words side{"--models", texts_model(),  "--backend", "torch",        "--text",
                   notes(),    "--batch-size", "2",         "--seq-length", "24"};
  Words words{"ab", "--output-root", output().string()};
  words.insert(words.end(), side.begin(), side.end());
  words.insert(words.end(), {"--pad", "longest", "none", "--"});
  words.insert(words.end(), side.begin(), side.end());
  const auto output = medbench(words);
  EXPECT_EQ(output.status, exited(2));
  EXPECT_THAT(output.err, HasSubstr("side A makes 2 rows: give it one model, shape, backend, device, "
                                    "precision and padding"));
}

// What needs other options is judged with those of the run that is resumed.
TEST_F(Paddings, OfAResumedRunWithoutTextsAreRefusedByWhatIsTrue) {
  ASSERT_EQ(run({"--pad", "none"}).status, exited(0));
  const auto refused = [&](const Words& more, const std::string& complaint) {
    const auto output = resume(more);
    EXPECT_EQ(output.status, exited(2));
    EXPECT_EQ(testing::count_lines(output.err), 1U) << output.err;
    EXPECT_THAT(output.err, HasSubstr(complaint));
  };
  refused({"--batch-order", "length"},
          "it holds another plan: in row 1 batch_order is \"given\" there and \"length\" here");
  refused({"--pad", "longest"},
          "it holds another plan: in row 1 padding is \"none\" there and \"longest\" here");
  refused({"--max-flips", "1%"},
          "beside the options of that run: --max-flips needs --evaluate: it judges an evaluation; give the "
          "options of that run or none");
  refused({"--deployment", "a.json"}, "beside the options of that run: --deployment needs --int8");
  EXPECT_THAT(resume({"--batch-order", "given", "--pad", "none"}).err,
              HasSubstr("1 of 1 rows are finished already"));
}

// Padded to the sequence length, these would be too large.
TEST_F(Paddings, LargeShapesAreThoseOfTheirTokens) {
  testing::write_model(folder(), "long", [] {
    Json config = testing::tiny_bert_config();
    config["max_position_embeddings"] = 4096;
    return config;
  }());
  std::string vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
  for (int i = 5; i < 120; ++i) vocabulary += "word" + std::to_string(i) + "\n";
  folder().write("long/vocab.txt", vocabulary);
  const Words shape{
      "--model",  (folder().path() / "long").string(), "--batch-size", "65536", "--seq-length", "4096",
      "--dry-run"};
  const auto with = [&](const Words& more) {
    Words all = shape;
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  };
  const auto packed = with({"--pad", "none"});
  EXPECT_EQ(packed.status, exited(0)) << packed.err;
  EXPECT_THAT(packed.out, HasSubstr("1 of 1 rows run"));
  for (const Words& more : {Words{"--pad", "longest"}, Words{"--pad", "none", "longest"},
                            Words{"--pad", "none", "--acc-check"}}) {
    const auto padded = with(more);
    EXPECT_EQ(padded.status, exited(2));
    EXPECT_THAT(padded.err, HasSubstr("input_ids would be [65536, 4096]"));
  }
}

}  // namespace
}  // namespace medbench
