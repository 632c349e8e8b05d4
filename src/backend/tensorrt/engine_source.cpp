#include "backend/tensorrt/engine_source.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <optional>
#include <utility>

#include "backend/int8.hpp"
#include "backend/tensorrt/engine_cache.hpp"
#include "backend/tensorrt/model_files.hpp"
#include "base/cache.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "passes/fp8.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"
#include "passes/quantize.hpp"

namespace medbench::trt {

namespace {

std::optional<std::filesystem::path> folder_of(const Options& options) {
  if (!options.cache) return std::nullopt;
  return options.cache_folder.empty() ? cache_folder("trt_cache") : options.cache_folder;
}

Axes fixed_axes(const OptimizationProfile& profile) {
  Axes axes = profile.most;
  for (const AxisInfo& row : kAxes) {
    if (profile.least[row.axis] != profile.most[row.axis]) axes.set(row.axis, 0);
  }
  return axes;
}

// Kernels' times hold for one library on one kind of card.
std::string timing_name(const EngineIdentity& identity) {
  std::string name = fmt::format("timing_{}_{}.cache", identity.version, identity.compute_capability);
  std::ranges::replace(name, '/', '_');
  return name;
}

std::vector<std::byte> read_timing(const EngineCache& cache, const std::string& name) {
  const auto path = cache.beside(name);
  std::error_code error;
  if (!path || !std::filesystem::is_regular_file(*path, error)) return {};
  try {
    const MappedFile file(*path);
    return {file.bytes().begin(), file.bytes().end()};
  } catch (const Error&) {
    return {};  // kernels are timed anew
  }
}

// A card sums products of integers in 32 bits: a reduced range is for who asks for it.
passes::QuantizationSettings settings_of(Target target) {
  Quantization quantization = target.quantization.value_or(Quantization{});
  if (quantization.reduced_range == ReducedRange::Auto) quantization.reduced_range = ReducedRange::Off;
  target.quantization = quantization;
  return quantization_settings(target);
}

class Maker {
 public:
  Maker(Native& native, const EngineRequest& request, const Loader& load)
      : native_(native), request_(request), load_(load), cache_(folder_of(request.options)) {}

  MadeEngine make() {
    const lower::OnnxModel model =
        lower::to_onnx(request_.lowered, request_.weights, lower::find_flavour(kForm));
    made_.inputs = model.inputs;
    made_.outputs = model.outputs;
    const EngineIdentity identity = identity_of(model);
    made_.details["cache"] = cache_.is_used() ? "miss" : "off";
    if (!take_from_cache(identity)) build(model, identity);
    made_.notes = cache_.notes();
    return std::move(made_);
  }

 private:
  [[nodiscard]] EngineIdentity identity_of(const lower::OnnxModel& model) const {
    EngineIdentity identity{.onnx_hash = hash_of(model),
                            .flavour = std::string(native_.version().flavour()),
                            .version = native_.version().text(),
                            .precision = request_.precision,
                            .profile = request_.profile,
                            .compute_capability = {},
                            .driver = request_.driver};
    if (request_.card != nullptr) {
      identity.compute_capability =
          fmt::format("{}.{}", request_.card->compute_major, request_.card->compute_minor);
    }
    return identity;
  }

  bool take_from_cache(const EngineIdentity& identity) {
    const EngineCache::Found found = cache_.find(identity);
    if (!found.file) return false;
    try {
      load(found.engine);
    } catch (const Error& error) {
      cache_.discard(found.file->path(), error.what());
      return false;
    }
    made_.details["cache"] = "hit";
    made_.details["file"] = found.file->path().string();
    return true;
  }

  void build(const lower::OnnxModel& model, const EngineIdentity& identity) {
    const std::string timing = timing_name(identity);
    const std::vector<std::byte> earlier = read_timing(cache_, timing);
    const Stopwatch watch;
    const BuiltEngine built = native_.build({.model = model,
                                             .inputs = input_sizes(request_.lowered, model, request_.profile),
                                             .timing_cache = earlier});
    made_.details["build_ms"] = watch.elapsed_ms();
    made_.details["warnings"] = built.warnings;
    load(built.engine);
    cache_.store(identity, built.engine);
    if (!built.timing_cache.empty()) cache_.store_beside(timing, built.timing_cache);
  }

  void load(std::span<const std::byte> engine) {
    const Stopwatch watch;
    made_.engine = load_(engine);
    made_.details["deserialize_ms"] = watch.elapsed_ms();
    made_.details["bytes"] = engine.size();
  }

  Native& native_;
  const EngineRequest& request_;
  const Loader& load_;
  EngineCache cache_;
  MadeEngine made_{.engine = nullptr, .inputs = {}, .outputs = {}, .details = Json::object(), .notes = {}};
};

}  // namespace

ir::Graph lower_graph(const ir::Graph& graph, std::string_view precision, const OptimizationProfile& profile,
                      const Target& target, const ir::Ranges& ranges) {
  ir::Graph lowered = passes::eliminate_dead_code(graph);
  if (precision == kInt8) {
    lowered = passes::quantize_linears(passes::fuse_linear(std::move(lowered)), settings_of(target), ranges);
  } else if (precision == passes::kFp8) {
    lowered = passes::round_to_fp8(std::move(lowered), ranges);
  } else {
    const std::optional<DType> dtype = passes::dtype_of_precision(precision);
    if (!dtype) throw unsupported_error("the tensorrt backend has no {}", printable(precision));
    lowered = passes::lower_precision(std::move(lowered), *dtype);
  }
  return profile.is_fixed() ? passes::bind_symbols(std::move(lowered), profile.most)
                            : passes::bind_free_symbols(std::move(lowered), fixed_axes(profile));
}

std::vector<InputSizes> input_sizes(const ir::Graph& graph, const lower::OnnxModel& model,
                                    const OptimizationProfile& profile) {
  std::vector<InputSizes> inputs;
  const std::vector<ir::ValueId> ids = graph.inputs();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const ir::Shape& shape = graph.value(ids[i]).shape;
    // A graph whose sizes are numbers leaves the profile's axes unread.
    inputs.push_back({.name = model.inputs.at(i),
                      .least = ir::bind(shape, profile.least),
                      .usual = ir::bind(shape, profile.usual),
                      .most = ir::bind(shape, profile.most)});
  }
  return inputs;
}

MadeEngine make_engine(Native& native, const EngineRequest& request, const Loader& load) {
  return Maker(native, request, load).make();
}

}  // namespace medbench::trt
