// The backend of PJRT plug-ins.
#pragma once

#include <memory>
#include <string_view>

#include "backend/backend.hpp"

namespace medbench {

// `name` is "pjrt", for any plug-in, or "tpu", for a TPU's alone.
std::unique_ptr<Backend> make_pjrt_backend(std::string_view name = "pjrt");

}  // namespace medbench
