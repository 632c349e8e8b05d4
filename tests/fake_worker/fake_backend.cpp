#include "tests/fake_worker/fake_backend.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <limits>
#include <thread>

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr const char* kDevice = "cpu";

}  // namespace

Capabilities FakeBackend::describe() {
  DeviceInfo device{.id = kDevice, .name = "scripted", .memory_mb = 1, .precisions = {}};
  device.precisions.assign(kPrecisionNames.begin(), kPrecisionNames.end());
  return {
      .backend = "fake", .runtime = runtime(), .devices = {std::move(device)}, .reason = {}, .advice = {}};
}

Refusal FakeBackend::supports(const Target& target) {
  clock_.advance_ms(script_.probe_ms);
  if (script_.refuse) return script_.refuse;
  if (target.device != script_.device)
    return fmt::format("the fake backend has no device {}", printable(target.device));
  if (find_precision(target.precision) == nullptr)
    return fmt::format("the fake backend has no precision {}", printable(target.precision));
  return std::nullopt;
}

void FakeBackend::build(const ir::Graph& graph, ir::ParameterSource&, const Build& build) {
  outputs_.clear();
  for (const auto& output : graph.outputs) {
    outputs_.push_back({output.name, ir::bind(graph.value(output.value).shape, build.shapes.most)});
  }
  asked_precision_ = build.target.precision;
  clock_.advance_ms(script_.prepare_ms);
}

void FakeBackend::bind(std::size_t slot, const Axes&) {
  slots_ = std::max(slots_, slot + 1);
}

void FakeBackend::write(std::size_t slot, const NamedTensors& inputs) {
  if (slot >= slots_) throw internal_error("slot {} was never bound", slot);
  if (inputs.empty()) throw internal_error("slot {} was given no inputs", slot);
  clock_.advance_ms(script_.write_ms);
}

void FakeBackend::enqueue(std::size_t slot) {
  if (slot >= slots_) throw internal_error("slot {} was never bound", slot);
}

void FakeBackend::work() {
  constexpr std::size_t kValues = 16'384;  // more than a first-level cache holds
  constexpr float kFactor = 0.999F;
  worked_on_.resize(kValues, 1.0F);
  const auto begin = std::chrono::steady_clock::now();
  for (std::int64_t round = 0; round < script_.work_rounds; ++round)
    for (auto& value : worked_on_) value = value * kFactor + (1.0F - kFactor);
  clock_.advance(std::chrono::steady_clock::now() - begin);
}

void FakeBackend::wait(std::size_t) {
  if (script_.work_rounds > 0)
    work();
  else
    clock_.advance_ms(script_.latencies_ms[passes_ % script_.latencies_ms.size()]);
  ++passes_;
  if (script_.sleep_ms > 0)
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(script_.sleep_ms));
}

void FakeBackend::read(std::size_t slot, NamedTensors& outputs) {
  constexpr std::size_t kPattern = 7;
  for (const auto& [name, shape] : outputs_) {
    const auto values = make_room(outputs, name, shape).f32();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>((slot + i) % kPattern);
    if (!values.empty() && script_.output == "nan") values.back() = std::numeric_limits<float>::quiet_NaN();
    if (!values.empty() && script_.output == "infinite")
      values.back() = std::numeric_limits<float>::infinity();
  }
}

std::optional<double> FakeBackend::device_time_ms() {
  const auto& times = script_.device_latencies_ms;
  if (times.empty() || passes_ == 0) return std::nullopt;
  return times[(passes_ - 1) % times.size()];
}

void FakeBackend::report(EngineReport& report) {
  report.runtime = runtime();
  report.tune_ms = script_.tune_ms;
  report.effective_precision = script_.effective_precision.value_or(asked_precision_);
}

RuntimeInfo FakeBackend::runtime() {
  return {.name = "fake", .version = "1", .library = "built in"};
}

}  // namespace medbench
