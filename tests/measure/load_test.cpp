#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "machine/cpu_limits.hpp"
#include "machine/load_monitor.hpp"
#include "measure/warnings.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kStat =
    "cpu  1 1 1 1 1 1 1 1 0 0\n"
    "cpu0 100 10 20 5000 300 1 2 7 50 0\n"
    "cpu1 200 0 40 4000 100 0 0 3 0 0\n"
    "intr 5 6\n";

TEST(CpuTimes, SumAllowedProcessorsOnly) {
  const CpuTimes both = parse_cpu_times(kStat, {}, 100);
  EXPECT_EQ(both.cpus, 2);
  EXPECT_DOUBLE_EQ(both.busy_s, 3.73);
  EXPECT_DOUBLE_EQ(both.stolen_s, 0.1);
  const CpuTimes one = parse_cpu_times(kStat, {1}, 100);
  EXPECT_EQ(one.cpus, 1);
  EXPECT_DOUBLE_EQ(one.busy_s, 2.4);
  EXPECT_EQ(parse_cpu_times("", {}, 100).cpus, 0);
  EXPECT_EQ(parse_cpu_times(kStat, {}, 0).cpus, 0);
  EXPECT_EQ(parse_cpu_times("cpu0 1 2\n", {}, 100).cpus, 0);
}

TEST(Throttling, BothVersionsOfControlGroups) {
  const Throttling v1 = parse_throttling("nr_periods 9\nnr_throttled 4\nthrottled_time 2500000000\n");
  EXPECT_EQ(v1.count, 4);
  EXPECT_EQ(v1.seconds, 2.5);
  const Throttling v2 = parse_throttling("usage_usec 1\nnr_throttled 2\nthrottled_usec 1500000\n");
  EXPECT_EQ(v2.count, 2);
  EXPECT_EQ(v2.seconds, 1.5);
  EXPECT_EQ(parse_throttling("").count, 0);
}

LoadSnapshot snapshot(double at_s, double busy_s, double own_s, std::int64_t switches) {
  LoadSnapshot out;
  out.at = std::chrono::nanoseconds{static_cast<std::int64_t>(at_s * 1e9)};
  out.cpus = {.busy_s = busy_s, .stolen_s = busy_s / 10, .cpus = 2};
  out.own_s = own_s;
  out.involuntary_switches = switches;
  return out;
}

TEST(LoadReport, IsTheDifference) {
  const LoadReport report = compare_load(snapshot(1, 10, 3, 5), snapshot(3, 13, 5, 105));
  EXPECT_EQ(report.wall_s, 2);
  EXPECT_EQ(report.cpus, 2);
  EXPECT_EQ(report.other_s, 1);         // 3 s busy, 2 s of them ours
  EXPECT_EQ(report.other_share, 0.25);  // of 2 processors x 2 s
  EXPECT_NEAR(report.stolen_share, 0.075, 1e-12);
  EXPECT_EQ(report.own_cpus, 1);
  EXPECT_EQ(report.switches_per_s, 50);
}

TEST(LoadReport, NoTimeAndNoCountersGiveZeros) {
  const LoadReport same = compare_load(snapshot(1, 10, 3, 5), snapshot(1, 10, 3, 5));
  EXPECT_EQ(same.other_share, 0);
  EXPECT_EQ(same.switches_per_s, 0);
  const LoadReport none = compare_load({}, {});
  EXPECT_EQ(none.other_s, 0);
}

std::vector<std::string> kinds(const WarningInputs& inputs) {
  std::vector<std::string> out;
  for (const auto& warning : find_warnings(inputs)) {
    EXPECT_FALSE(warning.text.empty());
    EXPECT_FALSE(warning.advice.empty());
    out.push_back(warning.kind);
  }
  return out;
}

// Inputs that are beyond doubt, to be spoiled one by one.
struct Clean {
  std::vector<double> samples = std::vector<double>(100, 10.0);
  WarningInputs inputs() {
    WarningInputs in;
    in.samples = samples;
    in.load = {.wall_s = 1, .cpus = 2, .own_cpus = 2};
    in.machine.logical_cores = 2;
    in.machine.governor = "performance";
    in.threads = 2;
    in.build_type = "Release";
    in.precision = "fp32";
    in.effective_precision = "fp32";
    return in;
  }
};

TEST(Warnings, NoneForACleanMeasurement) {
  EXPECT_THAT(kinds(Clean().inputs()), IsEmpty());
}

TEST(Warnings, UnsteadyAndDrifting) {
  Clean clean;
  for (std::size_t i = 0; i < 100; ++i) clean.samples[i] = 10 + 0.02 * static_cast<double>(i);
  EXPECT_THAT(kinds(clean.inputs()), ElementsAre("unsteady", "drifting"));
  for (std::size_t i = 0; i < 100; ++i)
    clean.samples[i] = i >= 40 && i < 60 ? 12.0 : 10.0 + 1e-3 * static_cast<double>(i % 7);
  const auto stepped = kinds(clean.inputs());
  EXPECT_EQ(std::count(stepped.begin(), stepped.end(), "unsteady"), 1);
  EXPECT_EQ(std::count(stepped.begin(), stepped.end(), "drifting"), 0);
}

TEST(Warnings, FewSamplesAndOutliers) {
  Clean clean;
  clean.samples.assign(9, 10.0);
  EXPECT_THAT(kinds(clean.inputs()), ElementsAre("few_samples"));
  clean.samples.clear();
  EXPECT_THAT(kinds(clean.inputs()), ElementsAre("few_samples"));
  clean.samples.assign(100, 10.0);
  for (std::size_t i = 0; i < 5; ++i) clean.samples[i * 20] = 50;
  EXPECT_THAT(kinds(clean.inputs()), IsEmpty());
  clean.samples[95] = 50;
  EXPECT_THAT(kinds(clean.inputs()), ElementsAre("outliers"));
}

TEST(Warnings, BatchesThatWereNotRun) {
  Clean clean;
  WarningInputs in = clean.inputs();
  in.batches = 25;
  in.batches_run = 10;
  EXPECT_THAT(kinds(in), ElementsAre("batches_left"));
  EXPECT_THAT(find_warnings(in).front().text, ::testing::HasSubstr("10 of 25 batches were run"));
  in.batches_run = 25;
  EXPECT_THAT(kinds(in), IsEmpty());
}

TEST(Warnings, MoreProcessorsThanThreadsAndVariablesOfThreads) {
  Clean clean;
  WarningInputs in = clean.inputs();
  in.threads = 1;
  in.load.own_cpus = 1.1;
  EXPECT_THAT(kinds(in), IsEmpty());
  in.load.own_cpus = 1.9;
  EXPECT_THAT(kinds(in), ElementsAre("more_cores"));
  in.load.wall_s = 0.01;
  EXPECT_THAT(kinds(in), IsEmpty()) << "too short to tell";
  in.variables = "OMP_NUM_THREADS";
  EXPECT_THAT(kinds(in), ElementsAre("thread_variables"));
}

TEST(Warnings, OtherLoadByTimeOrByPreemption) {
  WarningInputs in = Clean().inputs();
  const std::vector<double> samples(100, 10.0);
  in.samples = samples;
  in.load.other_s = 0.12;
  in.load.other_share = 0.06;
  EXPECT_THAT(kinds(in), ElementsAre("other_load"));
  in.load.other_s = 0.02;  // two ticks of the kernel's counters in a short phase
  EXPECT_THAT(kinds(in), IsEmpty());
  in.load.switches_per_s = 101;
  EXPECT_THAT(kinds(in), ElementsAre("other_load"));
  in.load.other_share = 0.004;  // interruptions that took no time
  EXPECT_THAT(kinds(in), IsEmpty());
  in.load.other_share = 0.06;
  in.load.wall_s = 0.01;
  EXPECT_THAT(kinds(in), IsEmpty());
}

TEST(Warnings, OversubscribedThreadsPreemptEachOther) {
  WarningInputs in = Clean().inputs();
  const std::vector<double> samples(100, 10.0);
  in.samples = samples;
  in.threads = 3;
  in.load.switches_per_s = 1000;
  EXPECT_THAT(kinds(in), ElementsAre("oversubscribed"));
}

TEST(Warnings, StolenThrottledScaledDebugPrecision) {
  WarningInputs in = Clean().inputs();
  const std::vector<double> samples(100, 10.0);
  in.samples = samples;
  in.load.stolen_share = 0.03;
  in.load.throttling = {.count = 1, .seconds = 0.1};
  in.machine.governor = "powersave";
  in.build_type = "Debug";
  in.effective_precision = "bf16";
  EXPECT_THAT(kinds(in), ElementsAre("cpu_stolen", "cpu_throttled", "cpu_frequency_scaling", "debug_build",
                                     "precision"));
}

// Burns processor time until it is killed.
class BusyChild {
 public:
  BusyChild() : pid_(fork()) {
    if (pid_ != 0) return;
    volatile unsigned work = 0;
    while (getppid() != 1) work = work + 1;
    _exit(0);
  }
  ~BusyChild() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  BusyChild(const BusyChild&) = delete;
  BusyChild& operator=(const BusyChild&) = delete;

 private:
  pid_t pid_;
};

TEST(Warnings, ARealBusyProcessIsNoticed) {
  SteadyClock clock;
  const std::set<int> allowed = allowed_cpus();
  const LoadSnapshot before = take_load_snapshot(clock, allowed);
  if (before.cpus.cpus == 0) GTEST_SKIP() << "/proc/stat has no counters here";
  if (before.cpus.cpus > 16) GTEST_SKIP() << "one process is too little of so many processors";
  {
    const BusyChild one;
    const BusyChild two;
    const auto end = clock.now() + std::chrono::milliseconds{400};
    while (clock.now() < end) {
    }
  }
  const LoadReport report = compare_load(before, take_load_snapshot(clock, allowed));
  EXPECT_GT(report.other_s, 0.1);
  EXPECT_TRUE(is_disturbed(report, 1)) << report.other_share << " " << report.switches_per_s;
}

}  // namespace
}  // namespace medbench
