#include "accuracy/gates.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOrigin = "gates";

struct GateRow {
  std::string_view key;
  std::optional<double> Gates::*limit;
  std::array<std::string_view, 4> metrics;  // the value: the first, or the drops from the 3rd to the 1st ...
  bool is_least;                            // the value must not be below the limit
};
constexpr std::array kGates{
    GateRow{"max_flips", &Gates::max_flips, {"eval_flip_share"}, false},
    GateRow{"min_f1", &Gates::min_f1, {"eval_f1"}, true},
    GateRow{"max_drop",
            &Gates::max_drop,
            {"eval_accuracy", "eval_fp32_accuracy", "eval_f1", "eval_fp32_f1"},
            false},
};

// The first metric that is missing gives the reason.
std::string reason_of(const Result& result, const GateRow& gate) {
  for (const std::string_view key : gate.metrics) {
    if (key.empty() || result.metrics.get(key)) continue;
    const auto found = result.metrics.all().find(key);
    return found == result.metrics.all().end() || found->second.reason.empty()
               ? fmt::format("there is no {}", key)
               : found->second.reason;
  }
  return {};
}

double value_of(const Result& result, const GateRow& gate) {
  const auto value = [&](std::size_t i) { return *result.metrics.get(gate.metrics.at(i)); };
  if (gate.metrics[1].empty()) return value(0);
  return std::max(value(1) - value(0), value(3) - value(2));
}

// "0.5 %", with as many digits as it takes.
std::string percent(double share) {
  return fmt::format("{:.4g} %", 100 * share);
}

}  // namespace

void fill_gates(Result& result, const Gates& gates) {
  if (!gates.is_any() || !result.metrics.get("eval_accuracy")) return;
  Json list = Json::array();
  for (const GateRow& gate : kGates) {
    const auto& limit = gates.*gate.limit;
    if (!limit) continue;
    Json verdict{{"gate", gate.key}, {"limit", *limit}};
    const std::string reason = reason_of(result, gate);
    if (reason.empty()) {
      // A share of rows that is the limit in decimal digits need not be in binary ones.
      constexpr double kRounding = 1e-12;
      const double value = value_of(result, gate);
      verdict["value"] = value;
      verdict["holds"] = gate.is_least ? value >= *limit - kRounding : value <= *limit + kRounding;
    } else {
      verdict["value"] = nullptr;
      verdict["holds"] = false;
      verdict["reason"] = reason;
    }
    list.push_back(std::move(verdict));
  }
  result.details[kEvaluationDetails][kGateDetails] = std::move(list);
}

std::vector<GateVerdict> gates_of(const Result& result) {
  const auto evaluation = result.details.find(kEvaluationDetails);
  if (evaluation == result.details.end() || !evaluation->is_object()) return {};
  const auto list = evaluation->find(kGateDetails);
  if (list == evaluation->end() || !list->is_array()) return {};
  std::vector<GateVerdict> verdicts;
  for (const Json& one : *list) {
    verdicts.push_back({.gate = get_string(one, "gate", kOrigin),
                        .limit = get_number(one, "limit", kOrigin),
                        .value = find_number(one, "value", kOrigin),
                        .holds = find_bool(one, "holds", kOrigin).value_or(false),
                        .reason = find_string(one, "reason", kOrigin).value_or("")});
  }
  return verdicts;
}

std::optional<bool> gates_hold(const Result& result) {
  const auto verdicts = gates_of(result);
  if (verdicts.empty()) return std::nullopt;
  return std::ranges::all_of(verdicts, &GateVerdict::holds);
}

std::string describe(const GateVerdict& verdict) {
  std::string name = verdict.gate;
  std::ranges::replace(name, '_', '-');
  const bool is_f1 = verdict.gate == "min_f1";
  const auto number = [&](double value) { return is_f1 ? fmt::format("{:.4g}", value) : percent(value); };
  const std::string gate = fmt::format("{} {}", name, number(verdict.limit));
  if (!verdict.value) return fmt::format("{}: cannot be judged, {}", gate, verdict.reason);
  const std::string found = fmt::format("{}: {}", gate, number(*verdict.value));
  if (verdict.holds) return found;
  const double distance = std::abs(*verdict.value - verdict.limit);
  return is_f1 ? fmt::format("{}, {:.4g} too little", found, distance)
               : fmt::format("{}, {:.4g} points too much", found, 100 * distance);
}

Json to_json(const Gates& gates) {
  Json json = Json::object();
  for (const GateRow& gate : kGates) {
    if (const auto& limit = gates.*gate.limit) json[std::string(gate.key)] = *limit;
  }
  return json;
}

}  // namespace medbench
