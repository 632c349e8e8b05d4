#include "job/target.hpp"

#include "base/error.hpp"
#include "job/reading.hpp"

namespace medbench {

std::string precision_label(const Target& target) {
  if (!target.quantization) return target.precision;
  return fmt::format("{} {}", target.precision, option_word(target.quantization->method));
}

Json to_json(const Target& target) {
  Json json{{"backend", target.backend},
            {"device", target.device},
            {"precision", target.precision},
            {"threads", target.threads}};
  if (!target.asked_precision.empty()) json["asked_precision"] = target.asked_precision;
  if (target.quantization) json["quantization"] = to_json(*target.quantization);
  json["options"] = Json::object();
  for (const auto& [key, value] : target.options) json["options"][key] = value;
  return json;
}

Target measured_target(Target target) {
  target.options.erase(kEngineCacheOption);
  return target;
}

Target target_from_json(const Json& json, std::string_view origin) {
  Target target;
  target.backend = get_string(json, "backend", origin);
  target.device = get_string(json, "device", origin);
  target.precision = get_string(json, "precision", origin);
  target.asked_precision = find_string(json, "asked_precision", origin).value_or("");
  target.threads = read_not_negative(json, "threads", origin).value_or(0);
  if (const auto quantization = json.find("quantization"); quantization != json.end()) {
    if (target.precision != kInt8) {
      throw usage_error("{}: \"quantization\" needs precision int8, found {}", origin,
                        printable(target.precision));
    }
    if (!quantization->is_object()) throw usage_error("{}: \"quantization\" must be an object", origin);
    target.quantization = quantization_from_json(*quantization, fmt::format("{} quantization", origin));
  }
  if (const auto options = json.find("options"); options != json.end()) {
    if (!options->is_object()) throw usage_error("{}: \"options\" must be an object", origin);
    for (const auto& [key, value] : options->items()) target.options[key] = get_string(*options, key, origin);
  }
  return target;
}

}  // namespace medbench
