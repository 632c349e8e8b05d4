// What computes it: a runtime on a device in a precision.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/precision.hpp"
#include "job/quantization.hpp"

namespace medbench {

// Of tensorrt: a folder of engines, which says nothing of what is measured.
inline constexpr const char* kEngineCacheOption = "trt.cache_dir";

struct Target {
  std::string backend = "torch";
  std::string device = "cpu";  // spelled as a DeviceId is
  std::string precision{kFp32};
  std::string asked_precision{};  // where the device has none of what was asked for; else empty
  // Given with int8 alone; a target of that precision without it means the defaults.
  std::optional<Quantization> quantization;
  std::int64_t threads = 0;                    // 0: the physical cores
  std::map<std::string, std::string> options;  // of the backend

  bool operator==(const Target&) const = default;
};

// What people call its precision, which tells rows of int8 apart by their method: "fp32", "int8 static".
// Only "int8" where the job leaves the method to the defaults.
std::string precision_label(const Target& target);

Json to_json(const Target& target);
// Without what says only where files are kept: two that are equal so measure the same.
Target measured_target(Target target);
// `origin` starts the messages. Throws Usage and names the key.
Target target_from_json(const Json& json, std::string_view origin);

}  // namespace medbench
