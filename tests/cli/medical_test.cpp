#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/safetensors.hpp"
#include "job/result.hpp"
#include "tests/cli/medbench_program.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

using testing::binary;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramOutput;

class Medical : public testing::MedbenchTest {
 protected:
  // A worker that does as the fake one, except that its second job dies.
  void install_worker_that_dies_second() {
    const auto fake = testing::libexec_folder() / "worker-fake";
    const auto count = folder().path() / "count";
    const auto worker = folder().write(
        "libexec/worker-fake", "#!/bin/sh\n[ \"$1\" = run ] && echo x >> '" + count.string() +
                                   "'\n[ \"$1\" = run ] && [ $(wc -l < '" + count.string() +
                                   "') = 2 ] && kill -SEGV $$\nexec '" + fake.string() + "' \"$@\"\n");
    std::filesystem::permissions(worker, std::filesystem::perms::owner_all);
    set_libexec(worker.parent_path());
  }

  [[nodiscard]] static std::vector<Result> results_of(const ProgramOutput& output) {
    std::vector<Result> results;
    for (const auto& json : parse_json(output.out, "standard output"))
      results.push_back(result_from_json(json));
    return results;
  }
};

TEST_F(Medical, PrintsATableAndTheFiles) {
  const auto output =
      run_fake_medical({"--num-iterations", "100", "--batch-sizes", "1", "4"}, "\"latencies_ms\":[2,3]");
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("p50 ms"));
  EXPECT_THAT(output.out, HasSubstr("p90 ms"));
  EXPECT_THAT(output.out, HasSubstr("2.500"));
  ASSERT_EQ(files().size(), 2U);
  for (const auto& file : files()) {
    EXPECT_THAT(output.out, HasSubstr(file.string()));
    const Result result = result_from_json(read_json_file(file));
    EXPECT_EQ(result.status, Status::Ok);
    EXPECT_EQ(result.metrics.get("latency_ms.p50"), 2.5);
    EXPECT_EQ(result.samples.size(), 100U);
    EXPECT_EQ(result.weights_source, "synthetic");
  }
}

TEST_F(Medical, AndTheMatrixTakeEachOthersNamesAndEachValueOnce) {
  const auto medical =
      run_fake_medical({"--iters", "3", "--warmup", "1", "--batch-size", "1,2", "1", "--json"});
  const auto matrix = medbench({"matrix", "--backend", "fake,fake", "--num-iterations", "3",
                                "--warmup-iterations", "1", "--batch-sizes", "2", "1", "2", "--seq-lengths",
                                "8", "--output-dir", (folder().path() / "matrix").string(),
                                "--backend-option", "script={\"model\":false}", "--json"});
  for (const ProgramOutput& output : {medical, matrix}) {
    EXPECT_EQ(output.status, exited(0)) << output.err;
    const auto results = results_of(output);
    EXPECT_EQ(results.size(), 2U);
    for (const Result& row : results) EXPECT_EQ(row.samples.size(), 3U);
  }
}

TEST_F(Medical, SaysThatWeightsAreSyntheticOnceAndInEveryResult) {
  const auto output = run_fake_medical({"--num-iterations", "1", "--batch-sizes", "1", "2", "--json"});
  const auto first = output.err.find("SYNTHETIC WEIGHTS");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(output.err.find("SYNTHETIC WEIGHTS", first + 1), std::string::npos);
  for (const auto& result : results_of(output)) {
    EXPECT_THAT(result.notes, ::testing::Contains(HasSubstr("SYNTHETIC WEIGHTS")));
  }
}

TEST_F(Medical, PrintsNothingButJsonOnStandardOutput) {
  const auto good = run_fake_medical({"--num-iterations", "3", "--batch-sizes", "1", "2", "2", "--json"});
  EXPECT_EQ(good.status, exited(0)) << good.err;
  const auto results = results_of(good);
  ASSERT_EQ(results.size(), 2U) << "what is given twice is measured once";
  EXPECT_EQ(results[1].job.work.axes[Axis::Batch], 2);
  EXPECT_NE(results[0].job.id, results[1].job.id);
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Medical, ObeysItsOptions) {
  const auto output =
      run_fake_medical({"--num-iterations", "7", "--warmup-iterations", "0", "--precision", "bf16", "--seed",
                        "9", "--threads", "1", "--timed-region", "host", "--time-budget", "0.5", "--weights",
                        "synthetic", "--model", "clinicalbert", "--json"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 1U);
  const Job& job = results[0].job;
  EXPECT_EQ(job.protocol.num_iterations, 7);
  EXPECT_EQ(job.protocol.warmup_iterations, 0);
  EXPECT_EQ(job.target.precision, "bf16");
  EXPECT_EQ(job.work.seed, 9U);
  EXPECT_EQ(job.target.threads, 1);
  EXPECT_EQ(job.protocol.region, TimedRegion::Host);
  EXPECT_EQ(job.protocol.time_budget_s, 0.5);
  EXPECT_EQ(results[0].model_type, "clinicalbert");
  EXPECT_EQ(results[0].samples.size(), 7U);
  EXPECT_THAT(output.err, Not(HasSubstr("SYNTHETIC"))) << "they were asked for";
}

TEST_F(Medical, RunsAsBenchmarkMedical) {
  auto words = fake_medical({"--num-iterations", "1", "--quiet"});
  words.erase(words.begin() + 1);
  words[0] = binary("benchmark_medical");
  const auto output = testing::run_program(options(words));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(Medical, SaysNothingWhenQuiet) {
  const auto output = run_fake_medical({"--num-iterations", "1", "--quiet"});
  EXPECT_EQ(output.status, exited(0));
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "");
}

TEST_F(Medical, TellsAFailureEvenWhenQuiet) {
  const auto output = run_fake_medical({"--quiet"}, "\"refuse\":\"no such luck\"");
  EXPECT_EQ(output.status, exited(1));
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(testing::count_lines(output.err), 1U);
  EXPECT_THAT(output.err, HasSubstr("no such luck"));
}

TEST_F(Medical, PrintsPathsAndSizesToDebugFileWrites) {
  const auto output = run_fake_medical({"--num-iterations", "1", "--quiet", "--debug-io"});
  ASSERT_EQ(files().size(), 1U);
  EXPECT_EQ(output.err, "medbench: wrote " + files()[0].string() + " (" +
                            std::to_string(std::filesystem::file_size(files()[0])) + " bytes)\n");
}

TEST_F(Medical, FallsBackToTheCpuWithOneLine) {
  auto words = fake_medical({"--num-iterations", "1", "--weights", "synthetic", "--json"});
  *std::find(words.begin(), words.end(), "cpu") = "cuda";
  const auto output = testing::run_program(options(words));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("medbench: CUDA was asked for but is not usable"));
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].device, "cpu");
  EXPECT_THAT(results[0].notes, ::testing::Contains(HasSubstr("CUDA was asked for")));
}

TEST_F(Medical, LeavesSummariesAndIsResumed) {
  ASSERT_EQ(run_fake_medical({"--num-iterations", "2", "--batch-sizes", "1", "2"}).status, exited(0));
  for (const char* name : {"summary.csv", "summary.json", "summary.md"})
    EXPECT_TRUE(std::filesystem::exists(this->output() / name)) << name;
  auto words = fake_medical({"--num-iterations", "2", "--batch-sizes", "1", "2"});
  *std::find(words.begin(), words.end(), "--output-dir") = "--resume";
  const auto resumed = testing::run_program(options(words));
  EXPECT_EQ(resumed.status, exited(0)) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("2 of 2 rows are finished already"));
  const auto bare = medbench({"medical", "--resume", this->output().string()});
  EXPECT_EQ(bare.status, exited(0)) << bare.err;
  EXPECT_THAT(bare.err, HasSubstr("2 of 2 rows are finished already"));
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Medical, KeepsTheOtherRowsWhenAWorkerCrashes) {
  install_worker_that_dies_second();
  const auto output = run_fake_medical({"--num-iterations", "2", "--batch-sizes", "1", "2", "4", "--json"});
  EXPECT_EQ(output.status, exited(1)) << output.err;
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[0].status, Status::Ok);
  EXPECT_EQ(results[1].status, Status::Crashed);
  EXPECT_EQ(results[2].status, Status::Ok);
  EXPECT_EQ(files().size(), 3U);
}

TEST_F(Medical, ShowsAFailureInItsRow) {
  const auto output = run_fake_medical({}, R"("actions":[{"stage":"compile","do":"signal","number":11}])");
  EXPECT_EQ(output.status, exited(1));
  EXPECT_THAT(output.out, HasSubstr("crashed (compile): "));
  EXPECT_THAT(output.out, HasSubstr("SIGSEGV"));
}

TEST_F(Medical, EndsAWorkerThatHangs) {
  const auto output =
      run_fake_medical({"--compile-timeout", "0.3"}, R"("actions":[{"stage":"compile","do":"hang"}])");
  EXPECT_EQ(output.status, exited(1));
  EXPECT_THAT(output.out, HasSubstr("timeout (compile): "));
}

TEST_F(Medical, SavesInputsAndOutputs) {
  const auto saved = folder().path() / "saved";
  const auto output = run_fake_medical(
      {"--num-iterations", "1", "--batch-sizes", "1", "2", "--save-outputs", saved.string()});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(saved)) {
    const SafetensorsFile file(entry.path());
    EXPECT_TRUE(file.tensors().contains("input_ids"));
    EXPECT_TRUE(file.tensors().contains("output"));
    EXPECT_THAT(output.out, HasSubstr("  " + entry.path().string() + "\n")) << "it is among the files";
    ++count;
  }
  EXPECT_EQ(count, 2U);
}

TEST_F(Medical, KeepsWhatWasMeasuredWhenInterrupted) {
  constexpr std::size_t kConfigurations = 300;
  testing::MedbenchTest::Words more{"--num-iterations", "5", "--json", "--batch-sizes"};
  for (std::size_t i = 1; i <= kConfigurations; ++i) more.push_back(std::to_string(i));
  bool sent = false;
  const auto output = testing::run_program(options(fake_medical(more, "\"sleep_ms\":2")),
                                           [&](const ProgramOutput& so_far, const Subprocess& process) {
                                             if (sent || so_far.err.find("ok, p50") == std::string::npos)
                                               return;
                                             ::kill(process.pid(), SIGINT);
                                             sent = true;
                                           });
  EXPECT_EQ(output.status, exited(128 + SIGINT)) << output.err;
  const auto results = results_of(output);
  EXPECT_GE(results.size(), 1U);
  EXPECT_LT(results.size(), kConfigurations);
  EXPECT_EQ(files().size(), results.size());
  EXPECT_THAT(output.err, HasSubstr("medbench: error: interrupted: "));
}

}  // namespace
}  // namespace medbench
