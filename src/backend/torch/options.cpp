#include "backend/torch/options.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.hpp"
#include "job/own_kernels.hpp"

namespace medbench::torch_backend {

namespace {

constexpr std::string_view kPrefix = "torch.";

struct Switch {
  std::string_view key;
  bool Options::*field;
};
constexpr std::array kSwitches{
    Switch{kOwnKernels, &Options::own_kernels},
    Switch{"torch.channels_last", &Options::channels_last},
    Switch{"torch.cudnn_benchmark", &Options::cudnn_benchmark},
    Switch{"torch.compile", &Options::compile},
    Switch{"torch.amp", &Options::amp},
};

std::string known_keys() {
  std::string text = "torch.cuda_graphs, torch.allow_tf32, torch.compiler";
  for (const Switch& row : kSwitches) text += fmt::format(", {}", row.key);
  return text;
}

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
    } else if (key == "torch.compiler") {
      if (value != "libtorch" && value != "inductor")
        throw usage_error("option {}={}: give libtorch or inductor", key, printable(value));
      read.inductor = value == "inductor";
    } else if (const auto* const row = std::ranges::find(kSwitches, key, &Switch::key);
               row != kSwitches.end()) {
      read.*row->field = read_on_or_off(key, value);
    } else {
      throw usage_error("option {}: unknown; the torch backend has {}", printable(key), known_keys());
    }
  }
  if (read.inductor) read.compile = true;
  return read;
}

}  // namespace medbench::torch_backend
