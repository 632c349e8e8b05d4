#include "backend/torch/options.hpp"

#include <string_view>

#include "base/error.hpp"
#include "job/own_kernels.hpp"

namespace medbench::torch_backend {

namespace {

constexpr std::string_view kPrefix = "torch.";

bool yes_or_no(std::string_view key, const std::string& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  throw usage_error("option {}={}: give true or false", key, printable(value));
}

}  // namespace

Options read_options(const std::map<std::string, std::string>& options) {
  Options read;
  for (const auto& [key, value] : options) {
    if (!key.starts_with(kPrefix)) continue;
    if (key == "torch.cuda_graphs") {
      read.graphs = read_graph_mode(key, value);
    } else if (key == "torch.allow_tf32") {
      read.allow_tf32 = yes_or_no(key, value);
    } else if (key == kOwnKernels) {
      read.own_kernels = read_own_kernels(key, value);
    } else {
      throw usage_error(
          "option {}: unknown; the torch backend has torch.cuda_graphs, torch.allow_tf32 and {}",
          printable(key), kOwnKernels);
    }
  }
  return read;
}

}  // namespace medbench::torch_backend
