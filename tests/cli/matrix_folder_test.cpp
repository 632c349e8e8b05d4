// What a matrix leaves in its folder, and taking it up again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "base/file.hpp"
#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;

class MatrixFolderTest : public testing::MatrixTest {
 protected:
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
  EXPECT_EQ(summary().size(), 12U);
  EXPECT_EQ(testing::count_lines(read_text_file(matrix_folder() / "summary.csv")), 13U);
}

TEST_F(MatrixFolderTest, WithABrokenFileIsStillSummarized) {
  ASSERT_EQ(matrix().status, exited(0));
  write_file("matrix_broken.json", "{\"job\":");
  const auto output = matrix({"--backend", "torch"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, AllOf(HasSubstr("not in the summary: "), HasSubstr("matrix_broken.json: ")));
  EXPECT_EQ(summary().size(), 3U);
}

TEST_F(MatrixFolderTest, ThatCannotBeMadeIsRefused) {
  folder().write("out", "a file");
  expect_refused(matrix(), "hardware_matrix as a folder for output: Not a directory");
}

}  // namespace
}  // namespace medbench
