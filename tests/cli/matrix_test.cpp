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

using Matrix = testing::MatrixTest;

std::vector<std::string> information_of(const std::string& err) {
  std::vector<std::string> lines;
  std::istringstream text(err);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("medbench: ")) lines.push_back(line);
  }
  return lines;
}

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

TEST_F(Matrix, GivesALoadErrorForAMissingBackend) {
  const auto output = matrix({"--backend", "torch", "tensorrt", "--json"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].status, Status::LoadError);
  EXPECT_EQ(results[1].device, "cuda");
  EXPECT_THAT(results[1].failure->message, HasSubstr("worker-tensorrt is not installed; run make smoke"));
  EXPECT_EQ(result_files().size(), 2U);
  EXPECT_EQ(summary().size(), 2U);
  EXPECT_EQ(matrix({"--backend", "torch", "tensorrt", "--strict"}).status, exited(1));
}

// The guide's examples on a machine without TensorRT: its worker is there, and has a line for each way to it.
TEST_F(Matrix, HasARowWithBothReasonsWhereTensorRtIsMissing) {
  const auto worker = folder().write(
      "libexec/worker-tensorrt",
      "#!/bin/sh\ncat <<'END'\n"
      R"({"backend":"tensorrt","runtime":{"name":"","version":"","library":""},"devices":[],)"
      R"("reason":"TensorRT: no headers\nONNX Runtime's provider: none","advice":"read the page"})"
      "\nEND\n");
  std::filesystem::permissions(worker, std::filesystem::perms::owner_all);
  const std::vector<Words> examples{
      {"--trt-bf16", "--trt-min-batch", "1", "--trt-opt-batch", "8", "--trt-max-batch", "16", "--trt-min-seq",
       "4", "--trt-opt-seq", "8", "--trt-max-seq", "512"},
      {"--no-trt-cache", "--trt-fp8"}};
  for (Words words : examples) {
    words.insert(words.end(), {"--backend", "tensorrt", "--json"});
    const auto output = matrix(words);
    EXPECT_EQ(output.status, exited(0)) << output.err;
    const auto results = results_of(output);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].status, Status::LoadError);
    EXPECT_EQ(results[0].failure->message,
              "TensorRT: no headers; ONNX Runtime's provider: none; read the page");
    EXPECT_FALSE(std::filesystem::exists(matrix_folder() / "trt_cache"));
  }
  EXPECT_THAT(medbench({"doctor"}).out, HasSubstr("  missing  TensorRT: no headers\n"
                                                  "  missing  ONNX Runtime's provider: none\n"
                                                  "  to do    read the page\n"));
}

// Where they are kept makes no other row: a run of another day is taken up again.
TEST_F(Matrix, KeepsEnginesBesideTheResults) {
  install("tensorrt", "fake");
  const auto results = results_of(matrix({"--backend", "tensorrt", "--device", "cpu", "--json"}));
  ASSERT_EQ(results.size(), 1U);
  const auto& options = results[0].job.target.options;
  ASSERT_TRUE(options.contains("trt.cache_dir"));
  EXPECT_EQ(options.at("trt.cache_dir"), (matrix_folder() / "trt_cache").string());
  const auto moved = folder().path() / "out" / "2026-01-02";
  std::filesystem::rename(matrix_folder().parent_path(), moved);
  const auto again =
      matrix({"--resume", (moved / "hardware_matrix").string(), "--backend", "tensorrt", "--device", "cpu"});
  EXPECT_EQ(again.status, exited(0)) << again.err;
  EXPECT_THAT(again.err, HasSubstr("1 of 1 rows are finished already"));
}

TEST_F(Matrix, GivesALoadErrorForABackendThatCrashesWhenAsked) {
  folder().write("libexec/worker-tpu", "#!/bin/sh\nkill -SEGV $$\n");
  std::filesystem::permissions(folder().path() / "libexec/worker-tpu", std::filesystem::perms::owner_all);
  const auto results = results_of(matrix({"--backend", "tpu", "--json"}));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].status, Status::LoadError);
  EXPECT_EQ(results[0].device, "tpu");
  EXPECT_THAT(results[0].failure->message, HasSubstr("SIGSEGV"));
}

TEST_F(Matrix, AutoIsAllThatIsUsable) {
  install("reference", "reference");
  const auto output = matrix({"--backend", "auto", "--json"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  std::vector<std::string> backends;
  for (const auto& result : results_of(output)) backends.push_back(result.job.target.backend);
  EXPECT_THAT(backends, ::testing::ElementsAre("torch", "openvino"));
  EXPECT_THAT(output.err, HasSubstr("auto leaves onnxruntime out: worker-onnxruntime is not installed"));
}

TEST_F(Matrix, AutoWithNothingUsableIsAnError) {
  uninstall("torch");
  uninstall("openvino");
  const auto output = matrix({"--backend", "auto"});
  EXPECT_EQ(output.status, exited(3));
  EXPECT_EQ(
      output.err,
      "medbench: error: --backend auto: no backend is usable here; medbench doctor says why for each\n");
}

TEST_F(Matrix, CoercesFp16WithANote) {
  const auto results = results_of(matrix({"--precision", "fp16", "--json"}));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].job.target.precision, "fp32");
  EXPECT_THAT(results[0].notes, Contains("fp16 was asked for, but torch has none on cpu: fp32 in its place"));
  EXPECT_EQ(results[1].job.target.precision, "fp16");
  EXPECT_THAT(results[1].notes, IsEmpty());
}

TEST_F(Matrix, SaysThatTwoPrecisionsAreOneRow) {
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

TEST_F(Matrix, SeparatesListsByCommasAndMeasuresEachValueOnce) {
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

TEST_F(Matrix, MedicalRunsInFp32OnTheCpuWhereThereIsNoCard) {
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

TEST_F(Matrix, AddsInt8Rows) {
  const auto results = results_of(matrix({"--int8", "--json"}));
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[2].job.target.backend, "openvino");
  EXPECT_EQ(results[3].job.target.precision, "int8");
  EXPECT_EQ(results[3].status, Status::Ok);
}

TEST_F(Matrix, Int8HasARowAndAFileForEachMethod) {
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

TEST_F(Matrix, Int8ReadsTheDeployment) {
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

TEST_F(Matrix, WhatWasNamedMustBeThere) {
  uninstall("openvino");
  EXPECT_EQ(matrix().status, exited(0));
  for (const Words& backends : {Words{"torch", "openvino"}, Words{"auto"}}) {
    Words words{"--ov-device", "NPU", "--json", "--backend"};
    words.insert(words.end(), backends.begin(), backends.end());
    const auto output = matrix(words);
    EXPECT_EQ(output.status, exited(1)) << output.err;
    const auto results = results_of(output);
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].status, Status::Ok);
    EXPECT_EQ(results[1].job.target.backend, "openvino");
    EXPECT_EQ(results[1].status, Status::LoadError);
  }
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

TEST_F(Matrix, GivesOptionsToTheirBackendOnly) {
  const auto results = results_of(matrix({"--ov-hint", "latency", "--json"}));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_THAT(results[0].job.target.options, IsEmpty());
  EXPECT_THAT(results[1].job.target.options, ::testing::ElementsAre(::testing::Pair("ov.hint", "latency")));
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
