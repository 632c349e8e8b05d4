// Whether a pass on CUDA is replayed as one captured graph: the option that several backends have.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace medbench {

enum class GraphMode { Auto, On, Off };  // Auto: both are tried on the first set and the faster is kept

// Throws Usage, with the option's key, for another word than auto, on or off.
inline GraphMode read_graph_mode(std::string_view key, const std::string& value) {
  if (value == "auto") return GraphMode::Auto;
  if (value == "on") return GraphMode::On;
  if (value == "off") return GraphMode::Off;
  throw usage_error("option {}={}: give auto, on or off", key, printable(value));
}

}  // namespace medbench
