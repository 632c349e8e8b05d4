// A device as users name it; each backend spells it for its runtime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace medbench {

struct DeviceId {
  std::string kind;                   // "cpu", "cuda", "tpu", "gpu" ...
  std::optional<std::int64_t> index;  // absent: any of the kind, the first where one must be chosen

  bool operator==(const DeviceId&) const = default;
};

// "cpu", "cuda", "cuda:1"; nothing for a kind that nobody knows or another spelling.
std::optional<DeviceId> parse_device_id(std::string_view text);
std::string to_string(const DeviceId& device);
// "all, cpu, cuda ..." for messages.
std::string known_device_kinds();

// Whether `offered` is one of those that are asked for: "cuda" is any of "cuda:0", "cuda:1" ...
bool is_one_of(std::string_view offered, std::string_view asked);

}  // namespace medbench
