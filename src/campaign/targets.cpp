#include "campaign/targets.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/error.hpp"
#include "campaign/backends.hpp"
#include "job/device_id.hpp"

namespace medbench {

namespace {

constexpr const char* kCpu = "cpu";
constexpr const char* kCuda = "cuda";
constexpr const char* kVisibleDevices = "CUDA_VISIBLE_DEVICES";

const DeviceInfo* find_device(const Capabilities& capabilities, std::string_view asked) {
  for (const auto& device : capabilities.devices) {
    if (is_one_of(device.id, asked)) return &device;
  }
  return nullptr;
}

bool runs(const DeviceInfo& device, std::string_view precision) {
  return std::find(device.precisions.begin(), device.precisions.end(), precision) != device.precisions.end();
}

// Whether it becomes fp32 there.
bool is_coerced(const DeviceInfo& device, std::string_view precision) {
  return precision != kFp32 && !runs(device, precision);
}

std::string in_one_line(std::string_view lines) {
  std::string text;
  for (const char c : lines) text += c == '\n' ? std::string("; ") : std::string(1, c);
  return text;
}

std::string why_unusable(const Capabilities& capabilities) {
  std::string text = capabilities.reason.empty() ? "it offers no device" : in_one_line(capabilities.reason);
  if (!capabilities.advice.empty()) text += "; " + capabilities.advice;
  return text;
}

// What may hide cards; empty where nothing does.
std::string hidden_cards() {
  const char* value = std::getenv(kVisibleDevices);
  return value == nullptr ? "" : fmt::format(", with {}={}", kVisibleDevices, printable(value, 80));
}

PlannedTarget planned(const std::string& backend, const std::string& device, std::string_view precision,
                      std::optional<Failure> failure = std::nullopt) {
  PlannedTarget row;
  row.target.backend = backend;
  row.target.device = device;
  row.target.precision = precision;
  row.failure = std::move(failure);
  return row;
}

}  // namespace

std::vector<PlannedTarget> TargetPlanner::targets() {
  for (const auto& backend : settings_.backends) {
    if (backend == kAutoBackend) {
      add_all_usable();
    } else {
      add_backend(backend, ask(backend));
    }
  }
  return std::move(targets_);
}

// Whoever asks for the CPU in fp32 need not wait for a worker that says it has that.
bool TargetPlanner::asks_only_for_what_all_have(const std::string& backend) const {
  const KnownBackend* known = find_known_backend(backend);
  const auto all_are = [](const std::vector<std::string>& values, std::string_view only) {
    return !values.empty() &&
           std::all_of(values.begin(), values.end(), [&](const std::string& value) { return value == only; });
  };
  return known != nullptr && known->usual_device == kCpu && sources_.is_installed(backend) &&
         all_are(settings_.devices, kCpu) && all_are(settings_.precisions, kFp32) && !settings_.int8;
}

Capabilities TargetPlanner::ask(const std::string& backend) {
  Capabilities answer;
  answer.backend = backend;
  if (asks_only_for_what_all_have(backend)) {
    answer.devices.push_back({.id = kCpu, .name = {}, .memory_mb = 0, .precisions = {std::string(kFp32)}});
    return answer;
  }
  const KnownBackend* known = find_known_backend(backend);
  if (sources_.is_installed(backend) || known == nullptr) return sources_.describe(backend);
  answer.reason = fmt::format("worker-{} is not installed", backend);
  answer.advice = known->when_missing;
  return answer;
}

void TargetPlanner::add_all_usable() {
  bool found = false;
  for (const auto& known : known_backends()) {
    if (!known.in_auto) continue;
    const Capabilities capabilities = ask(std::string(known.name));
    if (capabilities.devices.empty() && !sources_.is_named(known.name)) {
      note(fmt::format("auto leaves {} out: {}", known.name, why_unusable(capabilities)));
      continue;
    }
    found = true;
    add_backend(std::string(known.name), capabilities);
  }
  if (!found)
    throw environment_error("--backend auto: no backend is usable here; medbench doctor says why for each");
}

void TargetPlanner::add_backend(const std::string& backend, const Capabilities& capabilities) {
  if (capabilities.devices.empty()) return add_missing(backend, capabilities);
  fallback_.clear();
  for (const auto& device : devices_of(backend, capabilities)) {
    const DeviceInfo* info = find_device(capabilities, device);
    for (const auto& precision : settings_.precisions) add_precision(backend, device, info, precision);
    if (info != nullptr) continue;
    std::string offered;
    for (const auto& other : capabilities.devices)
      offered.append(offered.empty() ? "" : ", ").append(other.id);
    for (auto& row : targets_) {
      if (row.target.backend == backend && row.target.device == device)
        row.refusal = fmt::format("{} offers {} here", backend, offered);
    }
  }
  if (!settings_.int8) return;
  if (find_device(capabilities, kCpu) != nullptr) return add_int8(backend, kCpu);
  const KnownBackend* known = find_known_backend(backend);
  const bool has_int8 = known != nullptr && known->static_int8;
  if (!has_int8)
    return note(fmt::format("no int8 row for {}: int8 runs on the CPU, which it does not offer", backend));
  for (const auto& device : devices_of(backend, capabilities)) add_int8(backend, device);
}

void TargetPlanner::add_missing(const std::string& backend, const Capabilities& capabilities) {
  const KnownBackend* known = find_known_backend(backend);
  const std::string usual = known == nullptr ? kCpu : std::string(known->usual_device);
  const bool is_chosen = !settings_.devices.empty() && settings_.devices.front() != kAllDevices;
  const std::string device = is_chosen ? settings_.devices.front() : usual;
  std::optional<Failure> failure;
  if (!capabilities.lacked_resources) {
    failure = {.kind = std::string(to_string(ErrorKind::Environment)),
               .stage = Stage::Start,
               .message = why_unusable(capabilities),
               .stderr_tail = {}};
  }
  for (const auto& precision : settings_.precisions) add(planned(backend, device, precision, failure));
  if (settings_.int8 && usual == kCpu) add_int8(backend, kCpu, failure);
}

// Those asked for, or the best: the first that is not the CPU, or the CPU.
std::vector<std::string> TargetPlanner::devices_of(const std::string& backend,
                                                   const Capabilities& capabilities) {
  std::vector<std::string> devices;
  for (const auto& asked : settings_.devices) {
    if (asked != kAllDevices) {
      devices.push_back(settings_.falls_back_to_cpu ? device_or_cpu(asked, capabilities) : asked);
      continue;
    }
    for (const auto& device : capabilities.devices) devices.push_back(device.id);
  }
  if (!devices.empty()) return devices;
  for (const auto& device : capabilities.devices) {
    if (device.id != kCpu) return {device.id};
  }
  if (!capabilities.devices.empty()) return {capabilities.devices.front().id};
  throw internal_error("{} has no device", backend);
}

std::string TargetPlanner::device_or_cpu(const std::string& asked, const Capabilities& capabilities) {
  const auto id = parse_device_id(asked);
  if (!id || id->kind != kCuda || find_device(capabilities, asked) != nullptr) return asked;
  std::string others;
  for (const auto& device : capabilities.devices) {
    if (is_one_of(device.id, kCuda)) others.append(others.empty() ? "" : ", ").append(device.id);
  }
  if (!others.empty()) throw usage_error("--device {}: there is only {}{}", asked, others, hidden_cards());
  const DeviceInfo* cpu = find_device(capabilities, kCpu);
  if (cpu == nullptr) return asked;
  const std::string reason = capabilities.reason.empty()
                                 ? fmt::format("the {} worker offers none", capabilities.backend)
                                 : capabilities.reason;
  std::string missing;
  for (const auto& precision : settings_.precisions) {
    if (is_coerced(*cpu, precision)) missing.append(missing.empty() ? "" : ", ").append(precision);
  }
  fallback_ = fmt::format("CUDA was asked for but is not usable ({}{}); running on the CPU", reason,
                          reason.find(kVisibleDevices) == std::string::npos ? hidden_cards() : "");
  if (!missing.empty())
    fallback_ +=
        fmt::format(" with fp32 in place of {}, which {} has none of there", missing, capabilities.backend);
  fallback_ += fmt::format("; --device cpu{} silences this line", missing.empty() ? "" : " --precision fp32");
  note(fallback_);
  return kCpu;
}

void TargetPlanner::add_precision(const std::string& backend, const std::string& device,
                                  const DeviceInfo* info, const std::string& precision) {
  PlannedTarget row = planned(backend, device, precision);
  if (!fallback_.empty()) row.notes.push_back(fallback_);
  if (info != nullptr && is_coerced(*info, precision)) {
    row.target.precision = kFp32;
    row.target.asked_precision = precision;
    if (fallback_.empty() || device != kCpu) {
      std::string same;  // precisions that are this row, too
      for (const auto& other : settings_.precisions) {
        if (other != precision && (other == kFp32 || is_coerced(*info, other)))
          same.append(same.empty() ? "" : ", ").append(other);
      }
      row.notes.push_back(fmt::format("{} was asked for, but {} has none on {}: fp32 in its place{}",
                                      precision, backend, device,
                                      same.empty() ? "" : ", one row with " + same));
      note(row.notes.back());
    }
  }
  add(std::move(row));
}

void TargetPlanner::add_int8(const std::string& backend, const std::string& device,
                             const std::optional<Failure>& failure) {
  if (settings_.int8_methods.empty()) add(planned(backend, device, kInt8, failure));
  for (const QuantizationMethod method : settings_.int8_methods) {
    PlannedTarget row = planned(backend, device, kInt8, failure);
    row.method = method;
    add(std::move(row));
  }
}

// The same again is not measured again, but what there is to say about it is said.
void TargetPlanner::add(PlannedTarget row) {
  for (auto& known : targets_) {
    const bool is_same = known.target.backend == row.target.backend &&
                         known.target.device == row.target.device &&
                         known.target.precision == row.target.precision && known.method == row.method;
    if (!is_same) continue;
    if (row.target.asked_precision.empty()) known.target.asked_precision.clear();
    for (auto& text : row.notes) {
      if (std::find(known.notes.begin(), known.notes.end(), text) == known.notes.end())
        known.notes.push_back(std::move(text));
    }
    return;
  }
  targets_.push_back(std::move(row));
}

void TargetPlanner::note(const std::string& text) {
  if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(text);
}

}  // namespace medbench
