// libtorch as a backend: the graph is prepared once into a flat list of ATen calls with packed weights. Its
// headers stay in this folder's sources.
#pragma once

#include <memory>

#include "backend/backend.hpp"

namespace medbench {

std::unique_ptr<Backend> make_torch_backend();
// For a worker's main function: starts the program anew first where another libtorch is asked for; see
// torch_library.hpp.
std::unique_ptr<Backend> make_torch_backend_of_worker(char** argv);

}  // namespace medbench
