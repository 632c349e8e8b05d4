// Numbers of a job, read with an error that names what is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"

namespace medbench {

// At least 1. Throws Usage where it is missing, too.
inline std::int64_t read_positive(const Json& json, std::string_view key, std::string_view origin) {
  const std::int64_t value = get_int(json, key, origin);
  if (value < 1) throw usage_error("{}: \"{}\" must be at least 1, found {}", origin, key, value);
  return value;
}

// At least 0; nothing where it is missing.
inline std::optional<std::int64_t> read_not_negative(const Json& json, std::string_view key,
                                                     std::string_view origin) {
  const auto value = find_int(json, key, origin);
  if (value && *value < 0)
    throw usage_error("{}: \"{}\" must not be negative, found {}", origin, key, *value);
  return value;
}

}  // namespace medbench
