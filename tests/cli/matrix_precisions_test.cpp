#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "base/file.hpp"
#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::binary;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using MatrixPrecisions = testing::MatrixTest;

std::vector<std::string> information_of(const std::string& err) {
  std::vector<std::string> lines;
  std::istringstream text(err);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("medbench: ")) lines.push_back(line);
  }
  return lines;
}

TEST_F(MatrixPrecisions, CoercesFp16WithANote) {
  const auto results = results_of(matrix({"--precision", "fp16", "--json"}));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].job.target.precision, "fp32");
  EXPECT_THAT(results[0].notes, Contains("fp16 was asked for, but torch has none on cpu: fp32 in its place"));
  EXPECT_EQ(results[1].job.target.precision, "fp16");
  EXPECT_THAT(results[1].notes, IsEmpty());
}

TEST_F(MatrixPrecisions, SaysThatTwoPrecisionsAreOneRow) {
  const auto output = matrix({"--precision", "fp32", "fp16", "--backend", "torch"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(
      information_of(output.err),
      ElementsAre("medbench: fp16 was asked for, but torch has none on cpu: fp32 in its place, one row "
                  "with fp32"));
  EXPECT_EQ(result_files().size(), 1U);
  EXPECT_THAT(output.out, Not(HasSubstr("fp16 ->")));
  EXPECT_THAT(matrix({"--precision", "fp16", "--backend", "torch"}).out, HasSubstr("fp16 -> fp32"));
}

TEST_F(MatrixPrecisions, SeparatesListsByCommasAndMeasuresEachValueOnce) {
  const auto results = results_of(matrix(
      {"--backend", "torch,openvino", "--batch-sizes", "1,2,1", "--precision", "fp32,int8", "--json"}));
  std::vector<std::string> rows;
  for (const Result& row : results) {
    rows.push_back(fmt::format("{} {} {}", row.job.work.axes[Axis::Batch], row.job.target.backend,
                               row.job.target.precision));
  }
  EXPECT_THAT(rows, ElementsAre("1 torch fp32", "1 torch int8", "1 openvino fp32", "1 openvino int8",
                                "2 torch fp32", "2 torch int8", "2 openvino fp32", "2 openvino int8"));
  const auto int8 = results_of(matrix({"--backend", "openvino", "--precision", "int8", "--json"}));
  ASSERT_EQ(int8.size(), 1U);
  EXPECT_EQ(int8[0].job.target.precision, "int8");
}

TEST_F(MatrixPrecisions, MedicalRunsInFp32OnTheCpuWhereThereIsNoCard) {
  const auto output = testing::run_program(
      options({binary("benchmark_medical"), "--model", model(), "--device", "cuda", "--precision", "fp16",
               "--num-iterations", "10", "--warmup-iterations", "2", "--batch-sizes", "1", "4",
               "--seq-lengths", "4", "8", "--output-dir", this->output().string()}));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(information_of(output.err),
              ElementsAre(AllOf(HasSubstr("CUDA was asked for but is not usable"),
                                HasSubstr("with fp32 in place of fp16, which torch has none of there"))));
  EXPECT_THAT(output.out, HasSubstr("fp16 -> fp32"));
  std::size_t rows = 0;
  for (const auto& entry : std::filesystem::directory_iterator(this->output())) {
    if (!entry.path().filename().string().starts_with("medical_")) continue;
    const Json json = read_json_file(entry.path());
    EXPECT_EQ(json["status"], "ok");
    EXPECT_EQ(json["precision"], "fp32");
    EXPECT_EQ(json["device"], "cpu");
    ++rows;
  }
  EXPECT_EQ(rows, 4U);
}

TEST_F(MatrixPrecisions, AddsInt8Rows) {
  const auto results = results_of(matrix({"--int8", "--json"}));
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[2].job.target.backend, "openvino");
  EXPECT_EQ(results[3].job.target.precision, "int8");
  EXPECT_EQ(results[3].status, Status::Ok);
}

TEST_F(MatrixPrecisions, Int8HasARowAndAFileForEachMethod) {
  const auto results = results_of(matrix({"--int8", "all", "--precision", "int8", "--json"}));
  std::vector<std::string> rows;
  for (const Result& row : results)
    rows.push_back(fmt::format("{} {}", row.job.target.backend, precision_label(row.job.target)));
  EXPECT_THAT(rows,
              ElementsAre("torch int8 dynamic", "torch int8 static", "torch int8 weight-only",
                          "openvino int8 dynamic", "openvino int8 static", "openvino int8 weight-only"));
  EXPECT_THAT(read_text_file(matrix_folder() / "summary.md"), HasSubstr("| int8 static |"));
  EXPECT_THAT(read_text_file(matrix_folder() / "summary.csv"), HasSubstr(",quantization_method,"));
  std::size_t named = 0;
  for (const auto& file : result_files())
    named += file.filename().string().find("_int8-static_") == std::string::npos ? 0U : 1U;
  EXPECT_EQ(named, 2U);
  const auto again = matrix({"--resume", matrix_folder().string()});
  EXPECT_EQ(again.status, exited(0)) << again.err;
  EXPECT_THAT(again.err, HasSubstr("3 of 6 rows are finished already"))
      << "the oracle that plays torch here has no int8";
}

TEST_F(MatrixPrecisions, Int8ReadsTheDeployment) {
  const auto file =
      folder().write("edge.json", R"({"quantization_method": "weight_only", "threads": 1, "colour": 2})");
  const auto output = matrix({"--int8", "--deployment", file.string(), "--json"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("key \"colour\" is not known"));
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[3].job.target.quantization.value().method, QuantizationMethod::WeightOnly);
  EXPECT_EQ(results[3].threads, 1);
  folder().write("edge.json", R"({"quantization_bits": 5})");
  const auto broken = matrix({"--int8", "--deployment", file.string()});
  EXPECT_EQ(broken.status, exited(2));
  EXPECT_THAT(broken.err, HasSubstr("edge.json: \"quantization_bits\" is 5, not 8 or 4"));
}

}  // namespace
}  // namespace medbench
