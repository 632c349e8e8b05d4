#include "job/imaging.hpp"

#include "base/error.hpp"
#include "job/result.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOrigin = "result";
constexpr const char* kShape = "input_shape";

Json or_null(std::optional<bool> value) {
  return value ? Json(*value) : Json();
}

}  // namespace

void put_imaging(Json& json, const Result& result) {
  if (!result.imaging) return;
  const ImagingFacts& facts = *result.imaging;
  json["dtype"] = result.job.target.precision;
  json["channels_last"] = facts.channels_last;
  json["amp"] = facts.amp;
  json["cudnn_benchmark"] = facts.cudnn_benchmark;
  json["compiled"] = facts.compiled;
  json[kShape] = facts.input_shape;
  json["batches"] = to_json(result.metrics, "num_iterations");
  json["batch_time_ms"] = to_json(result.metrics, "avg_latency_ms");
  json["cpu_max_rss_mb"] = to_json(result.metrics, "memory_usage_mb.cpu_rss_peak_mb");
  json["cuda_max_mem_mb"] = to_json(result.metrics, "memory_usage_mb.gpu_allocated_peak_mb");
  json["acc_check_enabled"] = facts.acc_check_enabled;
  json["has_nan"] = or_null(facts.has_nan);
  json["has_inf"] = or_null(facts.has_inf);
  json["repeatability_pass"] = or_null(facts.repeatability_pass);
}

std::optional<ImagingFacts> imaging_from_json(const Json& json) {
  const auto shape = json.find(kShape);
  if (shape == json.end()) return std::nullopt;
  ImagingFacts facts;
  if (!shape->is_array()) throw usage_error("{}: \"{}\" must be a list of sizes", kOrigin, kShape);
  for (const Json& size : *shape) {
    if (!size.is_number_integer()) throw usage_error("{}: \"{}\" must be a list of sizes", kOrigin, kShape);
    facts.input_shape.push_back(size.get<std::int64_t>());
  }
  const auto flag = [&](const char* key) { return find_bool(json, key, kOrigin); };
  facts.channels_last = flag("channels_last").value_or(false);
  facts.amp = flag("amp").value_or(false);
  facts.cudnn_benchmark = flag("cudnn_benchmark").value_or(false);
  facts.compiled = flag("compiled").value_or(false);
  facts.acc_check_enabled = flag("acc_check_enabled").value_or(false);
  facts.has_nan = flag("has_nan");
  facts.has_inf = flag("has_inf");
  facts.repeatability_pass = flag("repeatability_pass");
  return facts;
}

}  // namespace medbench
