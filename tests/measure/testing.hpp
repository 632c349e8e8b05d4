// Test doubles of the timed loop.
#pragma once

#include <cstdint>
#include <gmock/gmock.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backend/backend.hpp"
#include "measure/loop.hpp"
#include "tests/fake_worker/fake_clock.hpp"

namespace medbench {

inline Batch batch_of(std::int64_t value) {
  Batch batch;
  const std::vector<std::int64_t> values{value};
  batch.tensors.emplace("ids", HostTensor::from_i64({1, 1}, values));
  return batch;
}

// Moves the clock as it was told and writes down what it was asked.
class RecordingBackend final : public Backend {
 public:
  RecordingBackend(FakeClock& clock, std::vector<double> latencies_ms)
      : clock_(clock), latencies_ms_(std::move(latencies_ms)) {}

  Capabilities describe() override { return {}; }
  Refusal supports(const Target&) override { return std::nullopt; }
  void build(const ir::Graph&, ir::ParameterSource&, const Build&) override {}
  void bind(std::size_t, const Axes&) override {}
  void write(std::size_t slot, const NamedTensors& inputs) override {
    calls.push_back("write " + std::to_string(inputs.at("ids").i64()[0]) + " to " + std::to_string(slot));
    clock_.advance_ms(write_ms);
  }
  void enqueue(std::size_t slot) override { calls.push_back("enqueue " + std::to_string(slot)); }
  void wait(std::size_t slot) override {
    calls.push_back("wait " + std::to_string(slot));
    if (throw_after && passes_ >= *throw_after) throw std::runtime_error("broken");
    clock_.advance_ms(latencies_ms_[passes_++ % latencies_ms_.size()]);
  }
  void read(std::size_t slot, NamedTensors&) override {
    calls.push_back("read " + std::to_string(slot));
    clock_.advance_ms(read_ms);
  }
  std::optional<double> device_time_ms() override {
    if (device_ms) clock_.advance_ms(device_query_ms);
    return device_ms;
  }
  void report(EngineReport&) override {}

  std::vector<std::string> calls;
  double write_ms = 0;
  double read_ms = 0;
  double device_query_ms = 0;
  std::optional<double> device_ms;
  std::optional<std::size_t> throw_after;

 private:
  FakeClock& clock_;
  std::vector<double> latencies_ms_;
  std::size_t passes_ = 0;
};

class RecordingObserver final : public LoopObserver {
 public:
  explicit RecordingObserver(const RecordingBackend& backend) : backend_(backend) {}
  void stage(Stage stage) override { note(std::string(to_string(stage))); }
  void progress(const ProgressEvent& progress) override {
    reports.push_back(progress);
    if (clock != nullptr) clock->advance_ms(1000);
  }
  void samples(std::span<const Sample> fresh) override {
    for (const Sample& sample : fresh) handed_over.push_back(sample.ms);
  }
  void measured() override { note("measured"); }

  std::vector<std::string> stages;
  std::vector<ProgressEvent> reports;
  std::vector<double> handed_over;
  FakeClock* clock = nullptr;

 private:
  void note(const std::string& what) {
    stages.push_back(what + " after " + std::to_string(backend_.calls.size()));
  }
  const RecordingBackend& backend_;
};

// Three batches on a clock of its own.
struct Bench {
  explicit Bench(std::vector<double> latencies_ms)
      : backend(clock, std::move(latencies_ms)), observer(backend) {
    for (int i = 0; i < 3; ++i) batches.push_back(batch_of(i));
  }
  Measurement measure(const LoopSettings& settings) {
    return medbench::measure(backend, clock, batches, settings, observer);
  }
  FakeClock clock;
  RecordingBackend backend;
  RecordingObserver observer;
  std::vector<Batch> batches;
};

}  // namespace medbench
