// The backends that this version builds, and what to do where the worker of one is missing.
#pragma once

#include <span>
#include <string_view>

namespace medbench {

struct KnownBackend {
  std::string_view name;
  std::string_view when_missing;  // the one thing to do
};

std::span<const KnownBackend> known_backends();
const KnownBackend* find_known_backend(std::string_view name);

}  // namespace medbench
