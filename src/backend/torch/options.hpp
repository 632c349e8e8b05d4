// The options of a target that are meant for this backend.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "backend/cuda_graphs.hpp"

namespace medbench::torch_backend {

inline constexpr const char* kOwnKernels = "torch.own_kernels";

struct Options {
  std::optional<GraphMode> graphs;  // torch.cuda_graphs = auto | on | off
  bool allow_tf32 = false;          // torch.allow_tf32 = true | false
  // Those below are on | off.
  bool own_kernels = true;       // torch.own_kernels
  bool channels_last = false;    // torch.channels_last: images and the weights of convolutions
  bool cudnn_benchmark = false;  // torch.cudnn_benchmark: cuDNN tries its algorithms and keeps the fastest
  bool compile = false;          // torch.compile: images in the fastest form; off: as eager PyTorch does
  // torch.compiler = libtorch | inductor: what makes that form; inductor also switches torch.compile on.
  bool inductor = false;
  bool amp = false;  // torch.amp: 16 bits where autocast has them, instead of everywhere
};

// Throws Usage for a value that is none of those, and for a key of "torch." that is not known.
Options read_options(const std::map<std::string, std::string>& options);

}  // namespace medbench::torch_backend
