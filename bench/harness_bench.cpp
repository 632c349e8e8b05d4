// What the harness itself costs: the timed loop with a backend that does nothing, for each iteration, in wall
// time.
#include <array>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <fcntl.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/descriptor.hpp"
#include "measure/loop.hpp"
#include "worker/event_writer.hpp"

namespace medbench {
namespace {

class IdleBackend final : public Backend {
 public:
  Capabilities describe() override { return {}; }
  Refusal supports(const Target&) override { return std::nullopt; }
  void build(const ir::Graph&, ir::ParameterSource&, const Build&) override {}
  void bind(std::size_t, const Axes&) override {}
  void write(std::size_t, const NamedTensors&) override {}
  void enqueue(std::size_t slot) override { benchmark::DoNotOptimize(slot); }
  void wait(std::size_t) override {}
  void read(std::size_t, NamedTensors&) override {}
  void report(EngineReport&) override {}
};

// A clock of which every reading is far enough from the last that each iteration reports its progress.
class HastyClock final : public Clock {
 public:
  std::chrono::nanoseconds now() override {
    shift_ += std::chrono::milliseconds{100};
    return steady_.now() + shift_;
  }

 private:
  SteadyClock steady_;
  std::chrono::nanoseconds shift_{0};
};

class EventObserver final : public LoopObserver {
 public:
  explicit EventObserver(int fd) : events_(fd) {}
  void stage(Stage stage) override { events_.send(StageEvent{stage}); }
  void progress(const ProgressEvent& progress) override { events_.send(progress); }
  void samples(std::span<const Sample> fresh) override {
    events_.send(SamplesEvent{{fresh.begin(), fresh.end()}});
  }
  void measured() override {}

 private:
  EventWriter events_;
};

constexpr std::int64_t kIterations = 10000;

void measure_once(Clock& clock, int fd, const LoopSettings& settings) {
  IdleBackend backend;
  EventObserver observer(fd);
  const std::vector<Batch> batches(4);
  benchmark::DoNotOptimize(measure(backend, clock, batches, settings, observer).samples.data());
}

// Google Benchmark shows the time of one iteration of the loop as its time per item, inverted.
void report_per_iteration(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * kIterations);
  state.counters["s_per_iteration"] =
      benchmark::Counter(static_cast<double>(kIterations),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void BM_LoopAlone(benchmark::State& state) {
  const UniqueFd sink(open("/dev/null", O_WRONLY | O_CLOEXEC));
  SteadyClock clock;
  for ([[maybe_unused]] const auto step : state) {
    measure_once(clock, sink.get(), {.warmup_iterations = 0, .num_iterations = kIterations});
  }
  report_per_iteration(state);
}
BENCHMARK(BM_LoopAlone)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_LoopHostRegion(benchmark::State& state) {
  const UniqueFd sink(open("/dev/null", O_WRONLY | O_CLOEXEC));
  SteadyClock clock;
  for ([[maybe_unused]] const auto step : state) {
    measure_once(clock, sink.get(),
                 {.warmup_iterations = 0, .num_iterations = kIterations, .region = TimedRegion::Host});
  }
  report_per_iteration(state);
}
BENCHMARK(BM_LoopHostRegion)->Unit(benchmark::kMillisecond)->UseRealTime();

// The worst case: an event for every iteration, through a pipe that somebody reads.
void BM_LoopWithAnEventEachIteration(benchmark::State& state) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  std::thread listener([&reader] {
    std::array<char, 65536> buffer{};
    while (read(reader.get(), buffer.data(), buffer.size()) > 0) {
    }
  });
  HastyClock clock;
  for ([[maybe_unused]] const auto step : state) {
    measure_once(clock, writer.get(), {.warmup_iterations = 0, .num_iterations = kIterations});
  }
  writer.reset();
  listener.join();
  report_per_iteration(state);
}
BENCHMARK(BM_LoopWithAnEventEachIteration)->Unit(benchmark::kMillisecond)->UseRealTime();

// Without a count the loop also looks at the median; these latencies, 1 and 2 ms in turn, never satisfy it.
class UnsteadyClock final : public Clock {
 public:
  std::chrono::nanoseconds now() override {
    shift_ += std::chrono::milliseconds{readings_++ % 4 == 1 ? 2 : 1};
    return steady_.now() + shift_;
  }

 private:
  SteadyClock steady_;
  std::chrono::nanoseconds shift_{0};
  unsigned readings_ = 0;
};

void BM_LoopWithTheStoppingRule(benchmark::State& state) {
  const UniqueFd sink(open("/dev/null", O_WRONLY | O_CLOEXEC));
  UnsteadyClock clock;
  // An iteration takes 2.5 ms of that time, with what passes between two of them.
  const double budget_s = 2.5e-3 * static_cast<double>(kIterations);
  for ([[maybe_unused]] const auto step : state) {
    measure_once(clock, sink.get(), {.warmup_iterations = 0, .time_budget_s = budget_s});
  }
  report_per_iteration(state);
}
BENCHMARK(BM_LoopWithTheStoppingRule)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace medbench
