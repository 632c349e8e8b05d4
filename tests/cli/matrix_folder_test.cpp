// What a matrix leaves in its folder, and taking it up again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "base/file.hpp"
#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::binary;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;

class MatrixFolderTest : public testing::MatrixTest {
 protected:
  [[nodiscard]] ProgramOutput resume(const Words& more = {}) const {
    Words words{"matrix", "--resume", matrix_folder().string()};
    words.insert(words.end(), more.begin(), more.end());
    return medbench(words);
  }
  void write_file(const std::string& name, const std::string& content) const {
    write_new_file(matrix_folder() / name, content);
  }
  void expect_refused(const ProgramOutput& output, const std::string& complaint) const {
    EXPECT_EQ(output.status, exited(2));
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(testing::count_lines(output.err), 1U) << output.err;
    EXPECT_THAT(output.err, HasSubstr(complaint));
  }
};

TEST_F(MatrixFolderTest, IsResumedWithoutMeasuringAgain) {
  ASSERT_EQ(matrix({"--acc-check"}).status, exited(0));
  const auto files = result_files();
  ASSERT_EQ(files.size(), 2U);
  std::filesystem::remove(files[0]);
  const auto output = matrix({"--acc-check", "--json", "--resume", matrix_folder().string()});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("1 of 2 rows are finished already"));
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].job.target.backend, "torch");
  EXPECT_EQ(results[1].job.target.backend, "openvino");
  EXPECT_EQ(result_files().size(), 2U);
  EXPECT_EQ(summary().size(), 2U);
}

TEST_F(MatrixFolderTest, ResumedWhenAllIsFinishedMeasuresNothing) {
  ASSERT_EQ(matrix().status, exited(0));
  const auto before = result_files();
  const auto output = matrix({"--resume", matrix_folder().string()});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("2 of 2 rows are finished already"));
  EXPECT_EQ(result_files(), before);
}

TEST_F(MatrixFolderTest, ResumedMeasuresAgainWhatWasNotOk) {
  install("openvino", "fake", "kill -SEGV $$");
  ASSERT_EQ(matrix().status, exited(1));
  install("openvino", "fake");
  const auto output = matrix({"--resume", matrix_folder().string()});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(result_files().size(), 3U) << "the failed row stays";
}

TEST_F(MatrixFolderTest, NeedsNoOptionsToBeResumed) {
  ASSERT_EQ(matrix({"--acc-check", "--batch-size", "1", "2", "--json"}).status, exited(0));
  std::filesystem::remove(result_files().front());
  ASSERT_EQ(result_files().size(), 3U);
  const auto output = resume();
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("3 of 4 rows are finished already"));
  EXPECT_THAT(output.out, HasSubstr("fastest whose parity holds is torch cpu"))
      << "what was shown is not kept";
  EXPECT_EQ(result_files().size(), 4U);
  EXPECT_EQ(summary().size(), 4U);
  const auto agreeing = resume({"--batch-size", "1,2"});
  EXPECT_THAT(agreeing.err, HasSubstr("4 of 4 rows are finished already"));
  expect_refused(resume({"--batch-size", "2"}), "in row 1 batch_size is 1 there and 2 here");
}

// Also from another folder than the first run, whose paths may be relative.
TEST_F(MatrixFolderTest, IsResumedWhereItWasStarted) {
  auto words = matrix_words({});
  *std::find(words.begin(), words.end(), model()) = "./model";
  Words shell{"/bin/sh", "-c", "cd '" + folder().path().string() + "' && exec \"$0\" \"$@\""};
  shell.insert(shell.end(), words.begin(), words.end());
  ASSERT_EQ(testing::run_program(options(shell)).status, exited(0));
  std::filesystem::remove(result_files().front());
  const auto output = resume();
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("relative paths are meant from " + folder().path().string()));
  EXPECT_THAT(output.err, HasSubstr("1 of 2 rows are finished already"));
}

TEST_F(MatrixFolderTest, HasOneRowForAConfigurationInEverySummaryTheWholeOne) {
  install("openvino", "fake", "kill -SEGV $$");
  ASSERT_EQ(matrix().status, exited(1));
  EXPECT_EQ(summary()[1]["status"], "crashed");
  install("openvino", "fake");
  ASSERT_EQ(resume().status, exited(0));
  EXPECT_EQ(result_files().size(), 3U);
  ASSERT_EQ(summary().size(), 2U);
  for (const auto& row : summary()) EXPECT_EQ(row["status"], "ok");
  EXPECT_EQ(testing::count_lines(read_text_file(matrix_folder() / "summary.csv")), 3U);
  // What fails later does not take the place of what is whole.
  install("openvino", "fake", "kill -SEGV $$");
  ASSERT_EQ(matrix().status, exited(1));
  for (const auto& row : summary()) EXPECT_EQ(row["status"], "ok");
}

TEST_F(MatrixFolderTest, ResumesTheNewestRunThatAgrees) {
  ASSERT_EQ(matrix({"--backend", "torch", "--batch-size", "1", "2"}).status, exited(0));
  std::this_thread::sleep_for(std::chrono::seconds{1});  // plans are named by the second
  ASSERT_EQ(matrix({"--backend", "openvino"}).status, exited(0));
  EXPECT_THAT(resume().err, HasSubstr("1 of 1 rows are finished already"));
  EXPECT_THAT(resume({"--backend", "torch"}).err, HasSubstr("2 of 2 rows are finished already"));
  const auto other = medbench({"medical", "--resume", matrix_folder().string()});
  expect_refused(other, "its runs are of another command than medbench medical");
}

TEST_F(MatrixFolderTest, IsNotMadeByADryRun) {
  const auto output =
      matrix({"--dry-run", "--backend", "torch,openvino,tensorrt", "--precision", "fp32,bf16"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_FALSE(std::filesystem::exists(this->output()));
  EXPECT_THAT(output.out, HasSubstr("load_error: "));
  EXPECT_THAT(output.out, HasSubstr("4 of 6 rows run; 4 rows of 4 timed passes"));
  EXPECT_THAT(output.out, HasSubstr("Nothing was measured or written."));
  EXPECT_EQ(output.err.find("[1/"), std::string::npos);
}

TEST_F(MatrixFolderTest, IsForetoldByADryRun) {
  const auto words = Words{binary("medbench"),
                           "matrix",
                           "--models",
                           model(),
                           "--seq-length",
                           "8",
                           "--backend",
                           "torch",
                           "openvino",
                           "--time-budget",
                           "15",
                           "--restarts",
                           "2",
                           "--dry-run"};
  const auto output = testing::run_program(options(words));
  EXPECT_THAT(
      output.out,
      HasSubstr("2 of 2 rows run; at most about 1 min 20 s: 15 s of measuring for each of 2 rows in each "
                "of 2 processes, 20 s of play-offs between the fastest; loading"));
  auto more = words;
  more.insert(more.end(), {"--device", "cuda", "--json"});
  const auto refused = testing::run_program(options(more));
  const Json json = parse_json(refused.out, "standard output");
  ASSERT_EQ(json["rows"].size(), 2U);
  EXPECT_EQ(json["rows"][1]["refused"], "unsupported: openvino offers cpu here");
  EXPECT_EQ(json["longest_s"], 0.0);
}

TEST_F(MatrixFolderTest, OfAnotherPlanIsRefusedWithTheDifference) {
  ASSERT_EQ(matrix().status, exited(0));
  const std::string folder = matrix_folder().string();
  expect_refused(matrix({"--resume", folder, "--batch-size", "2"}),
                 "in row 1 batch_size is 1 there and 2 here");
  expect_refused(matrix({"--resume", folder, "--acc-check"}), "acc_check is false there and true here");
  expect_refused(matrix({"--resume", folder, "--int8"}),
                 "in row 2 backend is \"openvino\" there and \"torch\" here");
  EXPECT_EQ(result_files().size(), 2U) << "something ran";
}

TEST_F(MatrixFolderTest, ThatIsNoneIsRefused) {
  expect_refused(matrix({"--resume", "/nowhere"}), "--resume /nowhere: it is not a folder");
  expect_refused(matrix({"--resume", folder().path().string()}), "no plan is in it");
  folder().write("other/plan_x.json", "{");
  expect_refused(matrix({"--resume", (folder().path() / "other").string()}), "plan_x.json");
}

TEST_F(MatrixFolderTest, SharedByTwoRunsLosesNothing) {
  std::vector<ProgramOutput> outputs(2);
  std::vector<std::thread> runs;
  runs.reserve(outputs.size());
  for (auto& output : outputs) {
    runs.emplace_back([&] { output = matrix({"--batch-size", "1", "2", "3", "--quiet"}); });
  }
  for (auto& run : runs) run.join();
  for (const auto& output : outputs) EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(result_files().size(), 12U);
  EXPECT_EQ(summary().size(), 6U) << "one row for a configuration";
  EXPECT_EQ(testing::count_lines(read_text_file(matrix_folder() / "summary.csv")), 7U);
}

TEST_F(MatrixFolderTest, WithABrokenFileIsStillSummarized) {
  ASSERT_EQ(matrix().status, exited(0));
  write_file("matrix_broken.json", "{\"job\":");
  const auto output = matrix({"--backend", "torch"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, AllOf(HasSubstr("not in the summary: "), HasSubstr("matrix_broken.json: ")));
  EXPECT_EQ(summary().size(), 2U);
}

TEST_F(MatrixFolderTest, ThatCannotBeMadeIsRefused) {
  folder().write("out", "a file");
  expect_refused(matrix(), "hardware_matrix as a folder for output: Not a directory");
}

}  // namespace
}  // namespace medbench
