// Where two JSON values differ, for messages.
#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"

namespace medbench {

struct JsonDifference {
  std::string key;    // the innermost that differs; empty where the values themselves do
  std::string left;   // safe to print and short; "nothing" where it is absent or null
  std::string right;  // likewise
};

// The first difference, in the order of the keys of `right` and then of `left`.
std::optional<JsonDifference> find_json_difference(const Json& left, const Json& right);

}  // namespace medbench
