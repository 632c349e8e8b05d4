// What all workers share, seen through the fake worker.
#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <linux/mempolicy.h>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include "data/safetensors.hpp"
#include "job/capabilities.hpp"
#include "machine/cpu_limits.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/worker/worker_process.hpp"

namespace medbench {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> warning_kinds(const Result& result) {
  std::vector<std::string> kinds;
  for (const auto& warning : result.warnings) kinds.push_back(warning.kind);
  return kinds;
}

TEST(Worker, MeasuresInOrder) {
  const WorkerRun run =
      run_script({{"latencies_ms", {7, 1, 2}}, {"prepare_ms", 5}, {"device_latencies_ms", {0.5}}});
  EXPECT_EQ(run.exit, (ExitStatus{ExitStatus::Kind::Exited, 0}));
  EXPECT_THAT(stages(run), ElementsAre("load", "compile", "warmup", "run", "finish"));
  const Result& result = result_of(run);
  EXPECT_EQ(result.status, Status::Ok);
  EXPECT_THAT(latencies_ms(result.samples), ElementsAre(1, 2, 7, 1, 2, 7, 1, 2, 7, 1, 2, 7));
  EXPECT_EQ(device_latencies_ms(result.samples), std::vector<double>(12, 0.5));
  EXPECT_EQ(result.metrics.get("first_run_ms"), 7);
  EXPECT_EQ(result.metrics.get("compile_ms"), 5);
  EXPECT_EQ(result.metrics.get("load_ms"), 0);
  EXPECT_EQ(result.metrics.get("warmup_iterations"), 1);
  EXPECT_EQ(result.metrics.get("num_iterations"), 12);
  EXPECT_NEAR(*result.metrics.get("tokens_per_second"), 16 / (40.0 / 12 / 1000), 1e-6);
  EXPECT_GT(*result.metrics.get("startup_ms"), 0);
  EXPECT_GE(*result.metrics.get("memory_usage_mb.cpu_rss_peak_mb"),
            *result.metrics.get("memory_usage_mb.cpu_rss_end_mb"));
  EXPECT_TRUE(result.metrics.all().contains("memory_usage_mb.cpu_rss_run_peak_mb"));
  EXPECT_GT(*result.metrics.get("memory_usage_mb.cpu_rss_anonymous_mb"), 0);
  EXPECT_GT(*result.metrics.get("memory_usage_mb.cpu_rss_file_mb"), 0);
  EXPECT_EQ(result.stop_rule, "iterations");
  EXPECT_EQ(result.weights_source, "synthetic");
  EXPECT_EQ(result.inputs_source, "random");
  EXPECT_EQ(result.effective_precision, "fp32");
  EXPECT_GE(result.threads, 1);
  EXPECT_TRUE(result.machine.contains("cpu_model"));
}

// Four slots are written.
TEST(Worker, HidesNoPhaseInAnother) {
  const WorkerRun run = run_script(
      {{"latencies_ms", {7}}, {"probe_ms", 2}, {"prepare_ms", 5}, {"write_ms", 3}, {"tune_ms", 4}});
  const Metrics& metrics = result_of(run).metrics;
  EXPECT_EQ(metrics.get("probe_ms"), 2);
  EXPECT_EQ(metrics.get("load_ms"), 0);
  EXPECT_EQ(metrics.get("compile_ms"), 5);
  EXPECT_EQ(metrics.get("upload_ms"), 4 * 3 - 4);
  EXPECT_EQ(metrics.get("tune_ms"), 4);
  EXPECT_EQ(metrics.get("first_run_ms"), 7);
  EXPECT_FALSE(metrics.all().contains("calibrate_ms"));
}

TEST(Worker, PhasesThatDidNotHappenAreAbsent) {
  Json job = job_json({{"model", true}, {"prepare_ms", 5}, {"write_ms", 3}});
  job["target"]["precision"] = "int8";
  job["target"]["quantization"] = {{"method", "static"}, {"calibration_batches", 2}};
  const WorkerRun run = run_worker("run", job.dump());
  const auto event = decode_event(split_lines(run.output).back());
  const Metrics& metrics = std::get<ResultEvent>(event).result.metrics;
  EXPECT_EQ(metrics.get("calibrate_ms"), 5 + 2 * (3 + 1)) << "built, and two batches written and run";
  EXPECT_EQ(metrics.get("compile_ms"), 5);
  EXPECT_EQ(metrics.get("upload_ms"), 4 * 3);
  EXPECT_FALSE(metrics.all().contains("tune_ms"));
}

// The sanitizers' allocator takes no settings, and that is told.
TEST(Worker, TellsWhatIsInForceInTheAllocator) {
  const WorkerRun run = run_script({});
  const Json& allocator = result_of(run).details.at("allocator");
  const std::string library = allocator.at("library");
  if (library.find("libc.so") == std::string::npos) {
    EXPECT_EQ(allocator.at("mmap_max"), nullptr);
  } else {
    EXPECT_EQ(allocator.at("mmap_max"), 0);
    EXPECT_EQ(allocator.at("top_pad"), 64 << 20);
    EXPECT_EQ(allocator.at("trim_threshold"), 2147483647);
  }
}

TEST(Worker, ReportsProgress) {
  const WorkerRun run = run_script({{"latencies_ms", {60}}});
  std::vector<std::int64_t> done;
  for (const auto& event : run.events) {
    if (const auto* progress = std::get_if<ProgressEvent>(&event)) done.push_back(progress->done);
  }
  EXPECT_THAT(done, ElementsAre(2, 4, 6, 8, 10));
}

TEST(Worker, OutputsThatAreNoNumbersAreAnAccuracyErrorThatKeepsTheSamples) {
  for (const char* output : {"nan", "infinite"}) {
    const WorkerRun run = run_script({{"output", output}});
    const Result& result = result_of(run);
    EXPECT_EQ(result.status, Status::AccError);
    EXPECT_EQ(result.samples.size(), 12U);
    ASSERT_TRUE(result.failure);
    EXPECT_EQ(result.failure->message, "1 of 64 numbers of output are NaN or infinite");
  }
}

TEST(Worker, WarnsOfAnotherPrecision) {
  EXPECT_THAT(warning_kinds(result_of(run_script({{"effective_precision", "bf16"}}))), Contains("precision"));
}

TEST(Worker, RefusalIsUnsupported) {
  const WorkerRun run = run_script({{"refuse", "not today"}});
  EXPECT_EQ(error_of(run).status, Status::Unsupported);
  EXPECT_EQ(error_of(run).failure.message, "not today");
}

TEST(Worker, SequencesLongerThanThePositionsAreALoadError) {
  Json job = job_json({{"model", false}});
  job["work"]["seq_length"] = 65;
  const WorkerRun run = run_worker("run", job.dump());
  const auto error = std::get<ErrorEvent>(decode_event(split_lines(run.output).back()));
  EXPECT_EQ(error.status, Status::LoadError);
  EXPECT_THAT(error.failure.message, HasSubstr("65"));
  EXPECT_THAT(error.failure.message, HasSubstr("takes at most 64"));
}

TEST(Worker, TextWithoutATokenizerAndTooManyThreadsAreLoadErrors) {
  Json job = job_json({{"model", false}});
  job["work"]["text"] = {{"file", "x.txt"}, {"column", ""}, {"padding", "fixed"}};
  EXPECT_THAT(run_worker("run", job.dump()).output, HasSubstr("load_error"));
  job["work"].erase("text");
  job["target"]["threads"] = 1000000000;
  EXPECT_THAT(run_worker("run", job.dump()).output, HasSubstr("at most 4096"));
}

// Each of two processors on a node of its own.
class WorkerPlacement : public ::testing::Test {
 protected:
  void SetUp() override {
    if (mine.size() < 2) GTEST_SKIP() << "one processor alone may be used here";
    mine = {*mine.begin(), *std::next(mine.begin())};
    ASSERT_EQ(set_allowed_cpus(mine), "");
    folder.write("node0/cpulist", fmt::format("{}\n", *mine.begin()));
    folder.write("node1/cpulist", fmt::format("{}\n", *mine.rbegin()));
  }
  void TearDown() override { set_allowed_cpus(at_start); }

  // Of a job with these keys in its protocol and target.
  [[nodiscard]] Event answer(const Json& protocol, const Json& target = Json::object()) const {
    Json job = job_json({{"nodes", folder.path().string()}, {"device", target.value("device", "cpu")}});
    job["protocol"].update(protocol);
    job["target"].update(target);
    return decode_event(split_lines(run_worker("run", job.dump()).output).back());
  }
  [[nodiscard]] Result measured(const Json& protocol = Json::object(),
                                const Json& target = Json::object()) const {
    return std::get<ResultEvent>(answer(protocol, target)).result;
  }
  void expect_everywhere(const Result& result) const {
    EXPECT_EQ(result.details["placement"]["numa_node"], nullptr);
    EXPECT_EQ(result.details["placement"]["processors"], format_cpu_list(mine));
    EXPECT_FALSE(result.details["placement"].contains("memory"));
  }

  const std::set<int> at_start = allowed_cpus();
  std::set<int> mine = at_start;
  testing::TemporaryFolder folder;
};

TEST_F(WorkerPlacement, IsOneNodeUnlessToldOtherwise) {
  const Result result = measured();
  EXPECT_EQ(result.details["placement"]["numa_node"], 0);
  EXPECT_EQ(result.details["placement"]["processors"], std::to_string(*mine.begin()));
  EXPECT_TRUE(result.details["placement"]["memory"].is_string());
  EXPECT_EQ(result.threads, 1);
  EXPECT_EQ(result.machine["physical_cores"], 1);
  EXPECT_EQ(measured({{"numa_node", 1}}).details["placement"]["processors"], std::to_string(*mine.rbegin()));
}

TEST_F(WorkerPlacement, IsEverywhereWhereItMustBe) {
  expect_everywhere(measured({{"numa_node", "all"}}));
  expect_everywhere(measured(Json::object(), {{"device", "cuda"}}));
  const Result result = measured(Json::object(), {{"threads", 2}});
  expect_everywhere(result);
  EXPECT_EQ(result.details["placement"]["reason"], "2 threads are more than the 1 cores of node 0");
}

TEST_F(WorkerPlacement, IsLeftToWhoeverChoseTheMemory) {
  const unsigned long node0 = 1;
  if (::syscall(SYS_set_mempolicy, MPOL_INTERLEAVE, &node0, 64) != 0) GTEST_SKIP() << "not permitted here";
  const Result result = measured();
  const Result on_one = measured({{"numa_node", 1}});
  ::syscall(SYS_set_mempolicy, MPOL_DEFAULT, nullptr, 0);
  expect_everywhere(result);
  EXPECT_EQ(result.details["placement"]["reason"], "a memory policy was given from outside");
  EXPECT_EQ(on_one.details["placement"]["numa_node"], 1);
}

TEST_F(WorkerPlacement, OnANodeThatIsNotThereIsAFailure) {
  const auto error = std::get<ErrorEvent>(answer({{"numa_node", 2}}));
  EXPECT_EQ(error.failure.message,
            "NUMA node 2: no processor of such a node may be used here; there is 0, 1");
}

TEST_F(WorkerPlacement, OnAMachineOfOneNodeIsWhatItWas) {
  std::filesystem::remove_all(folder.path() / "node1");
  set_allowed_cpus({*mine.begin()});
  const Json placement = measured().details["placement"];
  EXPECT_EQ(placement, (Json{{"numa_node", 0}, {"processors", std::to_string(*mine.begin())}}));
}

TEST(Worker, SavesInputsAndOutputsOfEverySet) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("medbench-worker-test-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  Json job = job_json({{"model", false}});
  job["protocol"]["save_outputs"] = (folder / "o.safetensors").string();
  const WorkerRun run = run_worker("run", job.dump());
  EXPECT_THAT(run.output, HasSubstr("\"status\":\"ok\""));
  {
    const SafetensorsFile file(folder / "o.safetensors");
    EXPECT_EQ(file.tensors().at("output").shape, (std::vector<std::int64_t>{2, 8, 4}));
    EXPECT_EQ(file.tensors().at("input_ids").dtype, DType::I64);
    EXPECT_TRUE(file.tensors().contains("attention_mask"));
    EXPECT_TRUE(file.tensors().contains("token_type_ids"));
    EXPECT_EQ(file.tensors().size(), 4 * 4U);
    EXPECT_EQ(to_float(file.tensors().at("output"))[0], 0);
    EXPECT_EQ(to_float(file.tensors().at("output.3"))[0], 3) << "the fake worker counts from the slot on";
    EXPECT_NE(to_float(file.tensors().at("input_ids")), to_float(file.tensors().at("input_ids.3")));
  }
  job["protocol"]["save_outputs"] = (folder / "missing" / "deep" / "o.safetensors").string();
  std::filesystem::remove_all(folder);
  const WorkerRun lost = run_worker("run", job.dump());
  const auto result = std::get<ResultEvent>(decode_event(split_lines(lost.output).back())).result;
  EXPECT_EQ(result.status, Status::Failed);
  EXPECT_EQ(result.samples.size(), 12U);
  EXPECT_TRUE(result.failure);
}

TEST(Worker, ComparesTheAnswersToEverySet) {
  const testing::TemporaryFolder folder;
  Json job = job_json({{"model", false}});
  job["protocol"]["save_outputs"] = (folder.path() / "right").string();
  run_worker("run", job.dump());
  job["protocol"].erase("save_outputs");
  const auto judged_against = [&](const std::string& name) {
    job["protocol"]["parity"] = {{"file", (folder.path() / name).string()}};
    const WorkerRun run = run_worker("run", job.dump());
    return std::get<ResultEvent>(decode_event(split_lines(run.output).back())).result;
  };
  EXPECT_EQ(judged_against("right").parity, true);

  const SafetensorsFile right(folder.path() / "right");
  NamedTensors tensors;
  for (const auto& [name, view] : right.tensors()) {
    HostTensor& copy = tensors.emplace(name, HostTensor(view.dtype, view.shape)).first->second;
    std::copy(view.data.begin(), view.data.end(), copy.bytes().begin());
  }
  tensors.at("output.2").f32().front() += 5;
  write_safetensors(folder.path() / "wrong", tensors);
  const Result result = judged_against("wrong");
  EXPECT_EQ(result.status, Status::Ok);
  EXPECT_EQ(result.parity, false);
  EXPECT_EQ(result.metrics.get("acc_max_abs"), 5);
}

TEST(Worker, DescribesItself) {
  const WorkerRun run = run_worker("describe", "");
  const Capabilities capabilities = capabilities_from_json(parse_json(run.output, "test"));
  EXPECT_EQ(capabilities.backend, "fake");
  EXPECT_EQ(capabilities.devices.at(0).id, "cpu");
  EXPECT_EQ(run_worker("describe", "", R"({"do": "exit", "code": 9})").exit.value, 9);
}

}  // namespace
}  // namespace medbench
