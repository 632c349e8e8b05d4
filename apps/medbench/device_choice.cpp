#include "medbench/device_choice.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::string_view kCpu = "cpu";
constexpr std::string_view kCuda = "cuda";
constexpr std::string_view kNumberedCuda = "cuda:";

bool is_cuda(std::string_view device) {
  return device == kCuda || device.starts_with(kNumberedCuda);
}

DeviceChoice fall_back(const std::string& reason) {
  return {
      std::string(kCpu),
      fmt::format(
          "CUDA was asked for but is not usable ({}); running on the CPU; --device cpu silences this line",
          reason)};
}

}  // namespace

bool is_device_name(std::string_view text) {
  if (text == kCpu || text == kCuda) return true;
  if (!text.starts_with(kNumberedCuda)) return false;
  const std::string_view number = text.substr(kNumberedCuda.size());
  constexpr std::size_t kMostDigits = 3;
  return !number.empty() && number.size() <= kMostDigits && (number == "0" || number.front() != '0') &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool cuda_device_node_exists() {
  std::error_code error;
  if (std::filesystem::exists("/dev/dxg", error)) return true;  // the GPU of a Windows host
  for (const auto& entry : std::filesystem::directory_iterator("/dev", error)) {
    if (entry.path().filename().string().starts_with("nvidia")) return true;
  }
  return false;
}

DeviceChoice choose_device(const std::optional<std::string>& asked, bool node_exists,
                           const std::function<Capabilities()>& describe) {
  if (asked && !is_cuda(*asked)) return {*asked, {}};
  if (!node_exists) {
    return asked ? fall_back("no NVIDIA device is seen on this machine")
                 : DeviceChoice{std::string(kCpu), {}};
  }
  const Capabilities capabilities = describe();
  std::string usable;
  bool is_there = false;
  for (const auto& device : capabilities.devices) {
    if (!is_cuda(device.id)) continue;
    usable.append(usable.empty() ? "" : ", ").append(device.id);
    is_there = is_there || (asked && device.id == *asked);
  }
  if (usable.empty()) {
    if (!asked) return {std::string(kCpu), {}};
    const std::string& reason = capabilities.reason;
    return fall_back(reason.empty() ? fmt::format("the {} worker offers none", capabilities.backend)
                                    : reason);
  }
  if (!asked) return {std::string(kCuda), {}};
  if (*asked != kCuda && !is_there) throw usage_error("--device {}: there is only {}", *asked, usable);
  return {*asked, {}};
}

}  // namespace medbench
