#include "report/page/machines.hpp"

#include <array>

#include "base/error.hpp"

namespace medbench {

namespace {

// The memory is left out that is free, and what the kernel is called: an update is no other machine.
constexpr std::array kIdentity{"hostname",      "cpu_model", "sockets",         "physical_cores",
                               "logical_cores", "cpu_quota", "memory_total_mb", "accelerators"};

std::string text_of(const Json& object, const char* key) {
  const auto value = object.find(key);
  if (value == object.end() || value->is_null()) return {};
  return value->is_string() ? value->get<std::string>() : dump_line(*value);
}

std::string card_of(const Result& result) {
  const auto gpu = result.details.find("gpu");
  return gpu != result.details.end() && gpu->is_object() ? text_of(*gpu, "name") : std::string();
}

}  // namespace

std::string machine_key(const Result& result) {
  Json identity = Json::array();
  for (const char* key : kIdentity) {
    const auto value = result.machine.find(key);
    identity.push_back(value == result.machine.end() ? Json() : *value);
  }
  return dump_line(identity);
}

std::string machine_name(const Result& result) {
  std::string name;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) name += (name.empty() ? "" : ", ") + part;
  };
  add(text_of(result.machine, "hostname"));
  add(text_of(result.machine, "cpu_model"));
  const std::string cores = text_of(result.machine, "physical_cores");
  if (!cores.empty()) add(cores + (cores == "1" ? " core" : " cores"));
  const std::string quota = text_of(result.machine, "cpu_quota");
  if (!quota.empty()) add("quota of " + quota + " processors");
  add(card_of(result));
  return name.empty() ? "unknown machine" : name;
}

}  // namespace medbench
