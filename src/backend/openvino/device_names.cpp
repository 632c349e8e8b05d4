#include "backend/openvino/device_names.hpp"

#include <algorithm>
#include <cctype>

namespace medbench::openvino_backend {

namespace {

std::string changed_case(std::string_view text, int (*change)(int)) {
  std::string changed(text);
  for (char& c : changed) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return changed;
}

}  // namespace

std::string upper_case(std::string_view text) {
  return changed_case(text, &std::toupper);
}

std::string openvino_name(std::string_view device) {
  std::string name = upper_case(device);
  std::replace(name.begin(), name.end(), ':', '.');
  return name;
}

std::string device_name(std::string_view openvino) {
  std::string name = changed_case(openvino, &std::tolower);
  std::replace(name.begin(), name.end(), '.', ':');
  return name;
}

}  // namespace medbench::openvino_backend
