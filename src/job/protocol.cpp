#include "job/protocol.hpp"

#include <array>

#include "base/error.hpp"
#include "job/reading.hpp"

namespace medbench {

namespace {

constexpr const char* kAll = "all";

TimedRegion region_from_string(const std::string& text, std::string_view origin) {
  for (const auto region : {TimedRegion::Device, TimedRegion::Host}) {
    if (text == to_string(region)) return region;
  }
  throw usage_error("{}: timed_region is \"{}\", not device or host", origin, printable(text));
}

std::optional<std::int64_t> numa_node_from_json(const Json& json, std::string_view origin) {
  const auto node = json.find("numa_node");
  if (node != json.end() && *node == kAll) return kAllNumaNodes;
  return read_not_negative(json, "numa_node", origin);
}

Json to_json(const ParityReference& reference) {
  return reference.missing.empty() ? Json{{"file", reference.file}} : Json{{"missing", reference.missing}};
}

struct EvaluationKey {
  const char* key;
  std::string Evaluation::*member;
};
constexpr std::array kEvaluationKeys{EvaluationKey{"file", &Evaluation::file},
                                     EvaluationKey{"xxh128", &Evaluation::hash},
                                     EvaluationKey{"decisions", &Evaluation::decisions},
                                     EvaluationKey{"missing", &Evaluation::missing},
                                     EvaluationKey{"save_decisions", &Evaluation::save_decisions},
                                     EvaluationKey{"save_flips", &Evaluation::save_flips}};

Json to_json(const Evaluation& evaluation) {
  Json json;
  for (const auto& [key, member] : kEvaluationKeys) {
    if (!(evaluation.*member).empty()) json[key] = evaluation.*member;
  }
  return json;
}

Evaluation evaluation_from_json(const Json& json, std::string_view origin) {
  Evaluation evaluation;
  for (const auto& [key, member] : kEvaluationKeys)
    evaluation.*member = find_string(json, key, origin).value_or("");
  if (evaluation.file.empty()) throw usage_error("{}: \"evaluation\" names no file", origin);
  return evaluation;
}

}  // namespace

std::string_view to_string(TimedRegion region) {
  return region == TimedRegion::Device ? "device" : "host";
}

Json to_json(const Protocol& protocol) {
  Json json{{"timed_region", to_string(protocol.region)}};
  if (protocol.warmup_iterations) json["warmup_iterations"] = *protocol.warmup_iterations;
  if (protocol.num_iterations) json["num_iterations"] = *protocol.num_iterations;
  json["time_budget_s"] = protocol.time_budget_s;
  if (protocol.turn) json["turn"] = {{"seconds", protocol.turn->seconds}, {"passes", protocol.turn->passes}};
  if (protocol.restarts != 1) json["restarts"] = protocol.restarts;
  if (protocol.numa_node)
    json["numa_node"] = protocol.numa_node == kAllNumaNodes ? Json(kAll) : Json(*protocol.numa_node);
  if (protocol.save_outputs) json["save_outputs"] = *protocol.save_outputs;
  if (protocol.parity) json["parity"] = to_json(*protocol.parity);
  if (protocol.evaluation) json["evaluation"] = to_json(*protocol.evaluation);
  return json;
}

Protocol protocol_from_json(const Json& json, std::string_view origin) {
  Protocol protocol;
  protocol.region = region_from_string(get_string(json, "timed_region", origin), origin);
  protocol.warmup_iterations = read_not_negative(json, "warmup_iterations", origin);
  if (find_int(json, "num_iterations", origin))
    protocol.num_iterations = read_positive(json, "num_iterations", origin);
  protocol.time_budget_s = get_number(json, "time_budget_s", origin);
  if (const auto turn = json.find("turn"); turn != json.end()) {
    protocol.turn = TurnLength{.seconds = get_number(*turn, "seconds", origin),
                               .passes = read_positive(*turn, "passes", origin)};
  }
  if (find_int(json, "restarts", origin)) protocol.restarts = read_positive(json, "restarts", origin);
  protocol.numa_node = numa_node_from_json(json, origin);
  protocol.save_outputs = find_string(json, "save_outputs", origin);
  if (const auto parity = json.find("parity"); parity != json.end()) {
    protocol.parity = ParityReference{.file = find_string(*parity, "file", origin).value_or(""),
                                      .missing = find_string(*parity, "missing", origin).value_or("")};
  }
  if (const auto evaluation = json.find("evaluation"); evaluation != json.end())
    protocol.evaluation = evaluation_from_json(*evaluation, origin);
  return protocol;
}

}  // namespace medbench
