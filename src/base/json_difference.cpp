#include "base/json_difference.hpp"

#include "base/error.hpp"

namespace medbench {

namespace {

std::string show(const Json& value) {
  return value.is_null() ? "nothing" : printable(dump_line(value), 80);
}

}  // namespace

std::optional<JsonDifference> find_json_difference(const Json& left, const Json& right) {
  if (!left.is_object() || !right.is_object()) {
    if (left == right) return std::nullopt;
    return JsonDifference{.key = {}, .left = show(left), .right = show(right)};
  }
  for (const Json* side : {&right, &left}) {
    for (const auto& [key, value] : side->items()) {
      auto difference = find_json_difference(left.value(key, Json()), right.value(key, Json()));
      if (!difference) continue;
      if (difference->key.empty()) difference->key = key;
      return difference;
    }
  }
  return std::nullopt;  // keys in another order mean the same
}

}  // namespace medbench
