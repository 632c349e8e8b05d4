// The backends that this version knows, and what to do where the worker of one is missing.
#pragma once

#include <span>
#include <string_view>

namespace medbench {

struct KnownBackend {
  std::string_view name;
  std::string_view usual_device;  // for a row that cannot run
  bool in_auto;                   // measured where a user asks for all that is usable
  std::string_view when_missing;  // the one thing to do
  bool static_int8 = false;       // it rounds activations by ranges that calibration found, and no other way
};

std::span<const KnownBackend> known_backends();
const KnownBackend* find_known_backend(std::string_view name);

}  // namespace medbench
