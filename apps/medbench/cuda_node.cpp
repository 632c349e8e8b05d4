#include "medbench/cuda_node.hpp"

#include <filesystem>
#include <system_error>

namespace medbench {

bool cuda_device_node_exists() {
  std::error_code error;
  if (std::filesystem::exists("/dev/dxg", error)) return true;  // the GPU of a Windows host
  for (const auto& entry : std::filesystem::directory_iterator("/dev", error)) {
    if (entry.path().filename().string().starts_with("nvidia")) return true;
  }
  return false;
}

}  // namespace medbench
