#include "backend/tensorrt/options.hpp"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>
#include <string_view>

#include "base/error.hpp"

namespace medbench::trt {

namespace {

constexpr std::array<std::string_view, 13> kKeys{
    "trt.bf16",      "trt.cache",     "trt.cache_dir", "trt.cuda_graphs", "trt.fp8",
    "trt.library",   "trt.max_batch", "trt.max_seq",   "trt.min_batch",   "trt.min_seq",
    "trt.opt_batch", "trt.opt_seq",   "trt.way"};

bool read_switch(std::string_view key, const std::string& value) {
  if (value == "1" || value == "on") return true;
  if (value == "0" || value == "off") return false;
  throw usage_error("option {}={}: give on or off", key, printable(value));
}

Way read_way(const std::string& value) {
  if (value == "any") return Way::Any;
  if (value == "native") return Way::Native;
  if (value == "onnxruntime") return Way::OnnxRuntime;
  throw usage_error("option trt.way={}: give any, native or onnxruntime", printable(value));
}

}  // namespace

Options read_options(const std::map<std::string, std::string>& options) {
  Options result;
  result.profile = asked_profile(options);
  for (const Axis axis : kProfileAxes) check_order(result.profile, axis);
  for (const auto& [key, value] : options) {
    if (key.starts_with("ort.")) result.of_others[key] = value;
    if (!key.starts_with("trt.")) continue;
    if (std::ranges::find(kKeys, key) == kKeys.end()) {
      throw usage_error("the tensorrt backend has no option '{}': it takes {}", printable(key),
                        fmt::join(kKeys, ", "));
    }
    if (key == "trt.cache") result.cache = read_switch(key, value);
    if (key == "trt.cache_dir") result.cache_folder = value;
    if (key == "trt.bf16") result.bf16 = read_switch(key, value);
    if (key == "trt.fp8") result.fp8 = read_switch(key, value);
    if (key == "trt.cuda_graphs") result.graphs = read_graph_mode(key, value);
    if (key == "trt.library") result.library = value;
    if (key == "trt.way") result.way = read_way(value);
  }
  return result;
}

}  // namespace medbench::trt
