#include "backend/openvino/devices.hpp"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>
#include <openvino/runtime/auto/properties.hpp>
#include <openvino/runtime/intel_gpu/properties.hpp>
#include <openvino/runtime/intel_npu/properties.hpp>
#include <openvino/runtime/properties.hpp>
#include <string_view>

#include "backend/int8.hpp"
#include "backend/openvino/device_names.hpp"
#include "backend/openvino/errors.hpp"

namespace medbench::openvino_backend {

namespace {

constexpr std::string_view kDeviceOption = "ov.device";
constexpr std::string_view kHintOption = "ov.hint";
constexpr std::string_view kCallOption = "ov.call";
constexpr std::array<std::string_view, 2> kMetaDevices{"AUTO", "HETERO"};

struct Precision {
  std::string_view capability;  // in OpenVINO's list
  std::string_view name;
};
constexpr std::array kCapabilities{Precision{"FP32", kFp32}, Precision{"BF16", kBf16},
                                   Precision{"FP16", kFp16}, Precision{"INT8", kInt8}};

std::string option(const Target& target, std::string_view key, std::string_view otherwise) {
  const auto it = target.options.find(std::string(key));
  return it == target.options.end() || it->second.empty() ? std::string(otherwise) : it->second;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return words;
    list.remove_prefix(comma + 1);
  }
}

ov::hint::PerformanceMode read_hint(const Target& target) {
  const std::string hint = option(target, kHintOption, "latency");
  if (hint == "latency") return ov::hint::PerformanceMode::LATENCY;
  if (hint == "throughput") return ov::hint::PerformanceMode::THROUGHPUT;
  throw usage_error("openvino: the hint {} is unknown: use latency or throughput", printable(hint));
}

Call read_call(const Target& target) {
  const std::string call = option(target, kCallOption, name_of(Call::Infer));
  if (call == name_of(Call::Infer)) return Call::Infer;
  if (call == name_of(Call::StartAsync)) return Call::StartAsync;
  throw usage_error("openvino: the call {} is unknown: use infer or start_async", printable(call));
}

// "GPU" also where OpenVINO lists GPU.0 and GPU.1: it then means the first.
bool is_there(const std::vector<std::string>& available, const std::string& device) {
  return std::any_of(available.begin(), available.end(), [&](const std::string& candidate) {
    return candidate == device || candidate.starts_with(device + ".");
  });
}

template <class T, ov::PropertyMutability mutability>
double megabytes(const ov::Core& core, const std::string& device, const ov::Property<T, mutability>& key) {
  return static_cast<double>(core.get_property(device, key)) / (1024.0 * 1024.0);
}

double memory_mb(const ov::Core& core, const std::string& device) {
  try {
    if (device.starts_with("GPU")) return megabytes(core, device, ov::intel_gpu::device_total_mem_size);
    if (device.starts_with("NPU")) return megabytes(core, device, ov::intel_npu::device_total_mem_size);
  } catch (const std::exception&) {
    return 0;  // an older driver does not tell
  }
  return 0;  // the processor's memory is the machine's
}

// Of what is not integer.
ov::element::Type inference_precision_of(const Target& target) {
  if (target.precision == kBf16) return ov::element::bf16;
  if (target.precision == kFp16) return ov::element::f16;
  return ov::element::f32;
}

bool is_method(const Target& target, QuantizationMethod method) {
  return target.precision == kInt8 && target.quantization.value_or(Quantization{}).method == method;
}

// Rows of x are quantized in groups of so many elements, each with a scale of its own; 0: not at all.
std::uint64_t dynamic_group_of(const Target& target) {
  constexpr std::uint64_t kOpenVinosOwn = 32;
  return is_method(target, QuantizationMethod::Dynamic) ? kOpenVinosOwn : 0;
}

ov::AnyMap device_properties(const Settings& settings, const std::string& device, const Target& target,
                             std::int64_t threads) {
  ov::AnyMap properties{ov::hint::performance_mode(settings.hint),
                        ov::hint::inference_precision(inference_precision_of(target))};
  if (!device.starts_with("NPU")) {
    properties.emplace(ov::hint::dynamic_quantization_group_size(dynamic_group_of(target)));
  }
  if (device.starts_with("CPU")) {
    properties.emplace(ov::inference_num_threads(static_cast<std::int32_t>(threads)));
  }
  return properties;
}

}  // namespace

std::string_view name_of(Call call) {
  return call == Call::Infer ? "infer" : "start_async";
}

std::string plain_text(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with("Exception from ")) continue;
    plain.append(plain.empty() ? "" : " ").append(line);
  }
  return plain;
}

Settings read_settings(const ov::Core& core, const Target& target) {
  Settings settings;
  settings.hint = read_hint(target);
  settings.call = read_call(target);
  const std::string named = option(target, kDeviceOption, "");  // in OpenVINO's own spelling
  settings.device = named.empty() ? openvino_name(target.device) : upper_case(named);
  const std::size_t colon = settings.device.find(':');
  const std::string first = settings.device.substr(0, colon);
  const bool is_meta = std::find(kMetaDevices.begin(), kMetaDevices.end(), first) != kMetaDevices.end();
  if (colon != std::string::npos && !is_meta) {
    throw usage_error("openvino: {} is no device: only AUTO and HETERO take a list after a colon",
                      printable(settings.device));
  }
  const std::vector<std::string> available = core.get_available_devices();
  if (available.empty())
    throw environment_error("openvino has no device, for none of its plug-ins can be loaded");
  if (is_meta && colon == std::string::npos) {
    settings.real_devices = available;
    return settings;
  }
  settings.real_devices = split(is_meta ? std::string_view(settings.device).substr(colon + 1) : first);
  for (const auto& device : settings.real_devices) {
    if (is_there(available, device)) continue;
    throw environment_error(
        "openvino: there is no device {} on this machine, only: {}; install its driver, or name another with "
        "--ov-device",
        printable(device), fmt::join(available, ", "));
  }
  return settings;
}

std::vector<std::string> precisions_of(const ov::Core& core, const std::vector<std::string>& devices) {
  std::vector<std::string> all;
  for (const auto& device : devices) {
    const auto capabilities = core.get_property(device, ov::device::capabilities);
    all.insert(all.end(), capabilities.begin(), capabilities.end());
  }
  std::vector<std::string> precisions;
  for (const auto& [capability, name] : kCapabilities) {
    if (std::find(all.begin(), all.end(), capability) != all.end()) precisions.emplace_back(name);
  }
  return precisions;
}

std::vector<DeviceInfo> describe_devices(const ov::Core& core) {
  std::vector<DeviceInfo> devices;
  for (const auto& device : core.get_available_devices()) {
    devices.push_back({.id = device_name(device),
                       .name = core.get_property(device, ov::device::full_name),
                       .memory_mb = memory_mb(core, device),
                       .precisions = precisions_of(core, {device})});
  }
  return devices;
}

passes::QuantizationSettings integers_for(const Target& target) {
  passes::QuantizationSettings settings = quantization_settings(target, GroupSupport::Everything);
  // Where sums would saturate, OpenVINO does not quantize activations itself but multiplies in floating
  // point, and weights of half the range would only cost accuracy.
  const Quantization quantization = target.quantization.value_or(Quantization{});
  if (is_method(target, QuantizationMethod::Dynamic) && quantization.reduced_range == ReducedRange::Auto &&
      quantization.bits == 8) {
    settings.weight_max = ir::kLargestWeight;
    settings.int16_sums = false;
  }
  return settings;
}

ov::AnyMap compile_properties(const Settings& settings, const Target& target, std::int64_t threads) {
  if (settings.real_devices == std::vector{settings.device}) {
    return device_properties(settings, settings.device, target, threads);
  }
  ov::AnyMap properties{ov::hint::performance_mode(settings.hint)};
  for (const auto& device : settings.real_devices) {
    properties.emplace(ov::device::properties(device, device_properties(settings, device, target, threads)));
  }
  // Otherwise AUTO runs on the processor until the other device is ready, and the samples are of both.
  if (settings.device.starts_with("AUTO")) {
    properties.emplace(ov::intel_auto::enable_startup_fallback(false));
  }
  return properties;
}

}  // namespace medbench::openvino_backend
