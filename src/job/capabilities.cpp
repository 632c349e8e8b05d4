#include "job/capabilities.hpp"

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOrigin = "worker description";

DeviceInfo device_from_json(const Json& json) {
  DeviceInfo device{.id = get_string(json, "id", kOrigin),
                    .name = get_string(json, "name", kOrigin),
                    .memory_mb = find_number(json, "memory_mb", kOrigin).value_or(0),
                    .precisions = {}};
  if (const auto it = json.find("precisions"); it != json.end()) {
    for (const auto& precision : *it) {
      if (!precision.is_string()) throw usage_error("{}: \"precisions\" must be a list of strings", kOrigin);
      device.precisions.push_back(precision.get<std::string>());
    }
  }
  return device;
}

}  // namespace

Json to_json(const Capabilities& capabilities) {
  Json json;
  json["backend"] = capabilities.backend;
  json["runtime"] = {{"name", capabilities.runtime.name},
                     {"version", capabilities.runtime.version},
                     {"library", capabilities.runtime.library}};
  json["devices"] = Json::array();
  for (const auto& device : capabilities.devices) {
    json["devices"].push_back({{"id", device.id},
                               {"name", device.name},
                               {"memory_mb", device.memory_mb},
                               {"precisions", device.precisions}});
  }
  json["reason"] = capabilities.reason;
  json["advice"] = capabilities.advice;
  return json;
}

Capabilities capabilities_from_json(const Json& json) {
  Capabilities capabilities;
  capabilities.backend = get_string(json, "backend", kOrigin);
  if (const auto it = json.find("runtime"); it != json.end()) {
    capabilities.runtime = {.name = find_string(*it, "name", kOrigin).value_or(""),
                            .version = find_string(*it, "version", kOrigin).value_or(""),
                            .library = find_string(*it, "library", kOrigin).value_or("")};
  }
  if (const auto it = json.find("devices"); it != json.end()) {
    if (!it->is_array()) throw usage_error("{}: \"devices\" must be a list", kOrigin);
    for (const auto& device : *it) capabilities.devices.push_back(device_from_json(device));
  }
  capabilities.reason = find_string(json, "reason", kOrigin).value_or("");
  capabilities.advice = find_string(json, "advice", kOrigin).value_or("");
  return capabilities;
}

}  // namespace medbench
