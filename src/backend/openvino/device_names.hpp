// Devices as OpenVINO spells them and as medbench does: "gpu:1" is GPU.1, and "gpu" is GPU, its first.
#pragma once

#include <string>
#include <string_view>

namespace medbench::openvino_backend {

std::string openvino_name(std::string_view device);
std::string device_name(std::string_view openvino);

std::string upper_case(std::string_view text);  // of ASCII letters

}  // namespace medbench::openvino_backend
