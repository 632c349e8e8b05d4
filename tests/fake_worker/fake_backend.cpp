#include "tests/fake_worker/fake_backend.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/core.h>
#include <limits>
#include <thread>

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::array kPrecisions{"fp32", "bf16", "fp16", "int8"};
constexpr const char* kDevice = "cpu";

}  // namespace

Capabilities FakeBackend::describe() {
  DeviceInfo device{.id = kDevice, .name = "scripted", .memory_mb = 1, .precisions = {}};
  device.precisions.assign(kPrecisions.begin(), kPrecisions.end());
  return {
      .backend = "fake", .runtime = runtime(), .devices = {std::move(device)}, .reason = {}, .advice = {}};
}

Refusal FakeBackend::supports(const Target& target) {
  if (script_.refuse) return script_.refuse;
  if (target.device != kDevice)
    return fmt::format("the fake backend has no device {}", printable(target.device));
  if (std::find(kPrecisions.begin(), kPrecisions.end(), target.precision) == kPrecisions.end()) {
    return fmt::format("the fake backend has no precision {}", printable(target.precision));
  }
  return std::nullopt;
}

void FakeBackend::prepare(const ir::Graph& graph, ir::ParameterSource&, const Build& build) {
  outputs_.clear();
  for (const auto& output : graph.outputs) {
    outputs_.push_back({output.name, ir::bind(graph.value(output.value).shape, build.shapes.most)});
  }
  asked_precision_ = build.target.precision;
  clock_.advance_ms(script_.prepare_ms);
}

void FakeBackend::upload(std::size_t slot, const NamedTensors& inputs) {
  if (inputs.empty()) throw internal_error("slot {} was given no inputs", slot);
  slots_ = std::max(slots_, slot + 1);
}

void FakeBackend::enqueue(std::size_t slot) {
  if (slot >= slots_) throw internal_error("slot {} was never uploaded", slot);
  slot_ = slot;
}

void FakeBackend::synchronize() {
  clock_.advance_ms(script_.latencies_ms[passes_ % script_.latencies_ms.size()]);
  ++passes_;
  if (script_.sleep_ms > 0)
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(script_.sleep_ms));
}

NamedTensors FakeBackend::download() {
  constexpr std::size_t kPattern = 7;
  NamedTensors outputs;
  for (const auto& [name, shape] : outputs_) {
    HostTensor tensor(DType::F32, shape);
    const auto values = tensor.f32();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>((slot_ + i) % kPattern);
    if (!values.empty() && script_.output == "nan") values.back() = std::numeric_limits<float>::quiet_NaN();
    if (!values.empty() && script_.output == "infinite")
      values.back() = std::numeric_limits<float>::infinity();
    outputs.emplace(name, std::move(tensor));
  }
  return outputs;
}

std::optional<double> FakeBackend::device_time_ms() {
  const auto& times = script_.device_latencies_ms;
  if (times.empty() || passes_ == 0) return std::nullopt;
  return times[(passes_ - 1) % times.size()];
}

std::string FakeBackend::effective_precision() {
  return script_.effective_precision.value_or(asked_precision_);
}

RuntimeInfo FakeBackend::runtime() {
  return {.name = "fake", .version = "1", .library = "built in"};
}

}  // namespace medbench
