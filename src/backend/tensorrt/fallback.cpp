#include "backend/tensorrt/fallback.hpp"

#include <cstdlib>
#include <fmt/ranges.h>

#include "base/cache.hpp"

namespace medbench::trt {

namespace {

constexpr const char* kProviderKey = "ort.ep";
constexpr const char* kPluginKey = "ort.ep_library";
constexpr const char* kPluginVariable = "MEDBENCH_ORT_EP_LIBRARY";

// "input_ids:4x128,attention_mask:4x128"
std::string shapes_of(const ir::Graph& graph, const Axes& axes) {
  std::string text;
  for (const ir::ValueId id : graph.inputs()) {
    const ir::Value& value = graph.value(id);
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", value.name,
                        fmt::join(ir::bind(value.shape, axes), "x"));
  }
  return text;
}

}  // namespace

Target fallback_target(const Target& target, const Options& options) {
  Target fallback = target;
  fallback.backend = "onnxruntime";
  fallback.options = options.of_others;
  // Cards sum products of integers in 32 bits, whatever the host's processor does.
  if (fallback.quantization && fallback.quantization->reduced_range == ReducedRange::Auto)
    fallback.quantization->reduced_range = ReducedRange::Off;
  const char* plugin = std::getenv(kPluginVariable);
  if (plugin != nullptr && *plugin != '\0') fallback.options.emplace(kPluginKey, plugin);
  const bool has_plugin = fallback.options.contains(kPluginKey);
  // Another provider would be no TensorRT.
  std::string& provider = fallback.options[kProviderKey];
  if (provider != kProvider && provider != kProviderForRtx)
    provider = has_plugin ? kProviderForRtx : kProvider;
  fallback.options.emplace("ort.form", "tensorrt");
  return fallback;
}

void add_engine_options(Target& fallback, const Options& options, const ir::Graph& graph,
                        const OptimizationProfile& profile) {
  const auto add = [&](const std::string& key, const std::string& value) {
    fallback.options.emplace("ort.ep_option." + key, value);
  };
  const bool is_for_rtx = fallback.options.at(kProviderKey) == kProviderForRtx;
  const std::string prefix = is_for_rtx ? "nv_profile_" : "trt_profile_";
  add(prefix + "min_shapes", shapes_of(graph, profile.least));
  add(prefix + "opt_shapes", shapes_of(graph, profile.usual));
  add(prefix + "max_shapes", shapes_of(graph, profile.most));
  if (!options.cache) return;
  const std::string folder =
      (options.cache_folder.empty() ? cache_folder("trt_cache") : options.cache_folder).string();
  if (is_for_rtx) return add("nv_runtime_cache_path", folder);
  add("trt_engine_cache_enable", "1");
  add("trt_engine_cache_path", folder);
  add("trt_timing_cache_enable", "1");
  add("trt_timing_cache_path", folder);
}

}  // namespace medbench::trt
