// Whether kernels of medbench's own do part of a runtime's work: the option that several backends have, and
// the name by which rows show it.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace medbench {

// Behind the name of a runtime where they did.
inline constexpr std::string_view kWithOwnKernels = "+medbench";

// Throws Usage, with the option's key, for another word than on or off.
inline bool read_on_or_off(std::string_view key, const std::string& value) {
  if (value == "on") return true;
  if (value == "off") return false;
  throw usage_error("option {}={}: give on or off", key, printable(value));
}

}  // namespace medbench
