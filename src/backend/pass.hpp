// A single forward pass, outside of any timing.
#pragma once

#include <cstddef>

#include "backend/backend.hpp"

namespace medbench {

// Of inputs that are written.
NamedTensors run_pass(Backend& backend, std::size_t slot);
// Binds the slot and writes the inputs before.
NamedTensors run_pass(Backend& backend, std::size_t slot, const Axes& axes, const NamedTensors& inputs);

EngineReport report_of(Backend& backend);

}  // namespace medbench
