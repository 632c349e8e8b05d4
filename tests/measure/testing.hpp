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

inline NamedTensors one_input(std::int64_t value) {
  NamedTensors inputs;
  const std::vector<std::int64_t> values{value};
  inputs.emplace("ids", HostTensor::from_i64({1, 1}, values));
  return inputs;
}

// Moves the clock as it was told and writes down what it was asked.
class RecordingBackend final : public Backend {
 public:
  RecordingBackend(FakeClock& clock, std::vector<double> latencies_ms)
      : clock_(clock), latencies_ms_(std::move(latencies_ms)) {}

  Capabilities describe() override { return {}; }
  Refusal supports(const Job&) override { return std::nullopt; }
  void prepare(const ir::Graph&, ir::ParameterSource&, const PrepareContext&) override {}
  void upload(std::size_t slot, const NamedTensors& inputs) override {
    calls.push_back("upload " + std::to_string(inputs.at("ids").i64()[0]) + " of " + std::to_string(slot));
    clock_.advance_ms(upload_ms);
  }
  void enqueue(std::size_t slot) override { calls.push_back("enqueue " + std::to_string(slot)); }
  void synchronize() override {
    calls.emplace_back("synchronize");
    if (throw_after && passes_ >= *throw_after) throw std::runtime_error("broken");
    clock_.advance_ms(latencies_ms_[passes_++ % latencies_ms_.size()]);
  }
  NamedTensors download() override {
    calls.emplace_back("download");
    clock_.advance_ms(download_ms);
    return one_input(0);
  }
  std::optional<double> device_time_ms() override {
    if (device_ms) clock_.advance_ms(device_query_ms);
    return device_ms;
  }
  std::string effective_precision() override { return "fp32"; }
  RuntimeInfo runtime() override { return {}; }

  std::vector<std::string> calls;
  double upload_ms = 0;
  double download_ms = 0;
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
  void measured() override { note("measured"); }

  std::vector<std::string> stages;
  std::vector<ProgressEvent> reports;
  FakeClock* clock = nullptr;

 private:
  void note(const std::string& what) {
    stages.push_back(what + " after " + std::to_string(backend_.calls.size()));
  }
  const RecordingBackend& backend_;
};

}  // namespace medbench
