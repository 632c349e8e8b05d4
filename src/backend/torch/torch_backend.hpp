// libtorch as a backend: the graph is prepared once into a flat list of ATen calls with packed weights. Its
// headers stay in this folder's sources.
#pragma once

#include <memory>

#include "backend/backend.hpp"

namespace medbench {

// Given the program's arguments, starts it anew first where another libtorch is asked for; see
// torch_library.hpp.
std::unique_ptr<Backend> make_torch_backend(char** argv = nullptr);

}  // namespace medbench
