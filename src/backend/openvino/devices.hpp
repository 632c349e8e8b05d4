// Which devices OpenVINO sees and what they can do, and what a target asks of them.
#pragma once

#include <cstdint>
#include <openvino/runtime/core.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "job/capabilities.hpp"
#include "job/target.hpp"
#include "passes/quantize.hpp"

namespace medbench::openvino_backend {

// How a pass is started and awaited.
enum class Call {
  Infer,       // infer(): by the calling thread
  StartAsync,  // start_async() and wait(): by way of the device's executor
};
std::string_view name_of(Call call);

struct Settings {
  std::string device = "CPU";               // as OpenVINO spells it; may be AUTO:GPU,CPU
  std::vector<std::string> real_devices{};  // those that may run it: what AUTO or HETERO names, or the device
  ov::hint::PerformanceMode hint = ov::hint::PerformanceMode::LATENCY;
  Call call = Call::Infer;
};

// Reads the target's options. Throws Usage for a hint, a call or a device that is none, and Environment,
// naming those that are there, for a device that OpenVINO does not see.
Settings read_settings(const ov::Core& core, const Target& target);

// "fp32", "int8" ...: what any of the devices runs.
std::vector<std::string> precisions_of(const ov::Core& core, const std::vector<std::string>& devices);

std::vector<DeviceInfo> describe_devices(const ov::Core& core);

// How to compile: every property that decides the speed is set, none left to a default.
ov::AnyMap compile_properties(const Settings& settings, const Target& target, std::int64_t threads);

// The integers for a target of precision int8.
passes::QuantizationSettings integers_for(const Target& target);

}  // namespace medbench::openvino_backend
