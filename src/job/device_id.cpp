#include "job/device_id.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/ranges.h>

namespace medbench {

namespace {

constexpr std::array<std::string_view, 7> kKinds{"cpu", "cuda", "tpu", "gpu", "npu", "xpu", "mps"};
constexpr std::size_t kMostDigits = 3;

}  // namespace

std::optional<DeviceId> parse_device_id(std::string_view text) {
  const auto colon = text.find(':');
  DeviceId device{.kind = std::string(text.substr(0, colon)), .index = {}};
  if (std::find(kKinds.begin(), kKinds.end(), device.kind) == kKinds.end()) return std::nullopt;
  if (colon == std::string_view::npos) return device;
  const std::string_view number = text.substr(colon + 1);
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
  const bool is_plain = error == std::errc() && end == number.data() + number.size() && index >= 0 &&
                        number.size() <= kMostDigits && (number == "0" || number.front() != '0');
  if (!is_plain || device.kind == "cpu") return std::nullopt;
  device.index = index;
  return device;
}

std::string to_string(const DeviceId& device) {
  return device.index ? fmt::format("{}:{}", device.kind, *device.index) : device.kind;
}

std::string known_device_kinds() {
  return fmt::format("{}", fmt::join(kKinds, ", "));
}

bool is_one_of(std::string_view offered, std::string_view asked) {
  return offered == asked || offered.substr(0, offered.find(':')) == asked;
}

}  // namespace medbench
