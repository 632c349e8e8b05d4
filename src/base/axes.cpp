#include "base/axes.hpp"

#include <fmt/core.h>

namespace medbench {

std::string to_string(const Axes& axes) {
  std::string text;
  for (const auto& row : kAxes) {
    if (axes.has(row.axis)) text += fmt::format("{}{}", text.empty() ? "" : " x ", axes[row.axis]);
  }
  return text;
}

std::string id_part(const Axes& axes) {
  std::string text;
  for (const auto& row : kAxes) {
    if (axes.has(row.axis))
      text += fmt::format("{}{}{}", text.empty() ? "" : "_", row.letter, axes[row.axis]);
  }
  return text;
}

}  // namespace medbench
