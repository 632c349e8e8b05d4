#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using MatrixBackends = testing::MatrixTest;

TEST_F(MatrixBackends, GivesALoadErrorForAMissingBackend) {
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
TEST_F(MatrixBackends, HasARowWithBothReasonsWhereTensorRtIsMissing) {
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
TEST_F(MatrixBackends, KeepsEnginesBesideTheResults) {
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

TEST_F(MatrixBackends, GivesALoadErrorForABackendThatCrashesWhenAsked) {
  folder().write("libexec/worker-tpu", "#!/bin/sh\nkill -SEGV $$\n");
  std::filesystem::permissions(folder().path() / "libexec/worker-tpu", std::filesystem::perms::owner_all);
  const auto results = results_of(matrix({"--backend", "tpu", "--json"}));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].status, Status::LoadError);
  EXPECT_EQ(results[0].device, "tpu");
  EXPECT_THAT(results[0].failure->message, HasSubstr("SIGSEGV"));
}

TEST_F(MatrixBackends, AutoIsAllThatIsUsable) {
  install("reference", "reference");
  const auto output = matrix({"--backend", "auto", "--json"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  std::vector<std::string> backends;
  for (const auto& result : results_of(output)) backends.push_back(result.job.target.backend);
  EXPECT_THAT(backends, ::testing::ElementsAre("torch", "openvino"));
  EXPECT_THAT(output.err, HasSubstr("auto leaves onnxruntime out: worker-onnxruntime is not installed"));
}

TEST_F(MatrixBackends, AutoWithNothingUsableIsAnError) {
  uninstall("torch");
  uninstall("openvino");
  const auto output = matrix({"--backend", "auto"});
  EXPECT_EQ(output.status, exited(3));
  EXPECT_EQ(
      output.err,
      "medbench: error: --backend auto: no backend is usable here; medbench doctor says why for each\n");
}

TEST_F(MatrixBackends, WhatWasNamedMustBeThere) {
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

TEST_F(MatrixBackends, GivesOptionsToTheirBackendOnly) {
  const auto results = results_of(matrix({"--ov-hint", "latency", "--json"}));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_THAT(results[0].job.target.options, IsEmpty());
  EXPECT_THAT(results[1].job.target.options, ::testing::ElementsAre(::testing::Pair("ov.hint", "latency")));
}

}  // namespace
}  // namespace medbench
