#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using testing::binary;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;

using Matrix = testing::MatrixTest;

TEST_F(Matrix, WritesAFileARowAndTheSummaries) {
  const auto output = matrix({"--acc-check", "--precision", "fp32", "bf16"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(result_files().size(), 4U);
  EXPECT_EQ(summary().size(), 4U);
  EXPECT_THAT(read_text_file(matrix_folder() / "summary.csv"), HasSubstr("model_type,batch_size,"));
  EXPECT_THAT(read_text_file(matrix_folder() / "summary.md"), HasSubstr("## Fastest"));
  EXPECT_THAT(output.out, HasSubstr("fastest whose parity holds is torch cpu"));
  EXPECT_THAT(output.out, HasSubstr("summary.md"));
}

TEST_F(Matrix, ChecksParityOfTheEngineThatWasTimed) {
  const auto results = results_of(matrix({"--acc-check", "--json"}));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].job.target.backend, "torch");
  EXPECT_EQ(results[0].parity, true);
  EXPECT_EQ(results[0].metrics.get("acc_mse"), 0);
  EXPECT_EQ(results[1].parity, false) << "the fake worker's outputs are a pattern";
  EXPECT_EQ(results[1].status, Status::Ok);
  for (const auto& result : results) {
    EXPECT_EQ(result.samples.size(), 4U);
    EXPECT_EQ(result.job.protocol.save_outputs, std::nullopt) << "the file is gone";
  }
  for (const auto& entry : std::filesystem::directory_iterator(matrix_folder()))
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("outputs"))) << "a folder was left behind";
}

TEST_F(Matrix, SaysWhatHoldsWhereParityFails) {
  const auto output = matrix({"--acc-check", "--backend", "openvino", "--precision", "int8"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("openvino cpu int8: parity fails in 1 of 1 row, cosine "));
  EXPECT_THAT(output.out, HasSubstr("give --int8 static"));
  EXPECT_THAT(read_text_file(matrix_folder() / "summary.md"), HasSubstr("## Parity\n\n- model openvino"));
  EXPECT_EQ(matrix({"--int8", "static", "--backend", "openvino"}).status, exited(0))
      << "what is advised is taken";
}

TEST_F(Matrix, MakesTheReferenceOnceAModelAndShape) {
  install("torch", "reference", "echo x >> '" + (folder().path() / "runs").string() + "'");
  const auto output = matrix({"--acc-check", "--batch-size", "1", "2", "--backend", "openvino", "--int8"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(result_files().size(), 4U);
  EXPECT_EQ(testing::count_lines(read_text_file(folder().path() / "runs")), 2U);
}

TEST_F(Matrix, KeepsTheOutputsWhenAsked) {
  const auto saved = folder().path() / "saved";
  const auto results = results_of(matrix({"--acc-check", "--json", "--save-outputs", saved.string()}));
  ASSERT_EQ(results.size(), 2U);
  for (const auto& result : results) {
    ASSERT_TRUE(result.job.protocol.save_outputs);
    EXPECT_TRUE(std::filesystem::exists(*result.job.protocol.save_outputs));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(saved), {}), 3) << "and the reference";
}

TEST_F(Matrix, InterleavesUnlessToldNotTo) {
  for (const Result& row : results_of(matrix({"--json"}))) EXPECT_TRUE(row.job.protocol.turn);
  for (const Result& row : results_of(matrix({"--json", "--order", "sequential"})))
    EXPECT_FALSE(row.job.protocol.turn);
}

TEST_F(Matrix, RestartsEachRow) {
  const auto results = results_of(matrix({"--json", "--restarts", "3"}));
  ASSERT_EQ(results.size(), 2U);
  for (const Result& row : results) {
    EXPECT_EQ(row.metrics.get("processes.n"), 3);
    EXPECT_EQ(row.samples.size(), 12U);
  }
}

TEST_F(Matrix, LoadsEachModelOnceAJob) {
  install("openvino", "fake", "echo x >> '" + (folder().path() / "runs").string() + "'");
  EXPECT_EQ(matrix({"--order", "interleaved"}).status, exited(0));
  EXPECT_EQ(testing::count_lines(read_text_file(folder().path() / "runs")), 1U);
}

TEST_F(Matrix, StrictWantsParityToo) {
  EXPECT_EQ(matrix({"--acc-check", "--backend", "torch", "--strict"}).status, exited(0));
  EXPECT_EQ(matrix({"--acc-check", "--backend", "openvino", "--strict"}).status, exited(1));
}

TEST_F(Matrix, KeepsTheNumbersWhereParityCannotBeChecked) {
  uninstall("torch");
  const auto output = matrix({"--acc-check", "--backend", "openvino", "--json"});
  EXPECT_EQ(output.status, exited(1));
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].status, Status::AccError);
  EXPECT_THAT(results[0].acc_error, HasSubstr("there is no reference: load_error"));
  EXPECT_EQ(results[0].samples.size(), 4U);
  EXPECT_EQ(summary()[0]["status"], "acc_error");
}

TEST_F(Matrix, ANanIsNoParity) {
  const auto output = matrix(
      {"--acc-check", "--backend", "openvino", "--backend-option", "script={\"output\":\"nan\"}", "--json"});
  EXPECT_EQ(output.status, exited(1));
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].status, Status::AccError);
  EXPECT_THAT(results[0].acc_error, HasSubstr("NaN"));
  EXPECT_EQ(results[0].metrics.get("acc_cosine"), std::nullopt);
  EXPECT_EQ(results[0].samples.size(), 4U);
}

TEST_F(Matrix, RunsAsBenchmarkHardwareMatrix) {
  auto words = matrix_words({"--quiet"});
  words.erase(words.begin() + 1);
  words[0] = binary("benchmark_hardware_matrix");
  const auto output = testing::run_program(options(words));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(output.out + output.err, "");
  EXPECT_EQ(result_files().size(), 2U);
}

}  // namespace
}  // namespace medbench
