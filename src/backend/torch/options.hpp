// The options of a target that are meant for this backend.
#pragma once

#include <map>
#include <string>

#include "backend/cuda_graphs.hpp"

namespace medbench::torch_backend {

inline constexpr const char* kOwnKernels = "torch.own_kernels";

struct Options {
  GraphMode graphs = GraphMode::Auto;  // torch.cuda_graphs = auto | on | off
  bool allow_tf32 = false;             // torch.allow_tf32 = true | false
  bool own_kernels = true;             // torch.own_kernels = on | off
};

// Throws Usage for a value that is none of those, and for a key of "torch." that is not known.
Options read_options(const std::map<std::string, std::string>& options);

}  // namespace medbench::torch_backend
