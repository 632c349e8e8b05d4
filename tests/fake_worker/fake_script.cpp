#include "tests/fake_worker/fake_script.hpp"

#include <cmath>
#include <string>

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOrigin = "script of the fake worker";
constexpr const char* kOption = "script";

std::vector<double> numbers(const Json& json, const char* key) {
  std::vector<double> out;
  const auto it = json.find(key);
  if (it == json.end()) return out;
  if (!it->is_array()) throw usage_error("{}: \"{}\" must be a list of numbers", kOrigin, key);
  for (const auto& value : *it) {
    if (!value.is_number() || value.get<double>() < 0) {
      throw usage_error("{}: \"{}\" must be a list of numbers that are not negative", kOrigin, key);
    }
    out.push_back(value.get<double>());
  }
  return out;
}

std::vector<StagedAction> actions_from_json(const Json& json) {
  std::vector<StagedAction> actions;
  const auto it = json.find("actions");
  if (it == json.end()) return actions;
  if (!it->is_array()) throw usage_error("{}: \"actions\" must be a list", kOrigin);
  for (const auto& entry : *it) {
    Action action = action_from_json(entry);
    const std::string name = get_string(entry, "stage", kOrigin);
    const auto stage = stage_from_string(name);
    if (!stage) throw usage_error("{}: unknown stage \"{}\"", kOrigin, printable(name));
    actions.push_back({*stage, std::move(action)});
  }
  return actions;
}

ResultLies lies_from_json(const Json& json) {
  ResultLies lies;
  const auto it = json.find("result");
  if (it == json.end()) return lies;
  lies.job_id = find_string(*it, "job_id", kOrigin);
  lies.batch_size = find_int(*it, "batch_size", kOrigin);
  lies.model_type = find_string(*it, "model_type", kOrigin);
  if (const auto name = find_string(*it, "status", kOrigin)) {
    lies.status = status_from_string(*name);
    if (!lies.status) throw usage_error("{}: unknown status \"{}\"", kOrigin, printable(*name));
  }
  lies.copies = find_int(*it, "copies", kOrigin).value_or(1);
  return lies;
}

}  // namespace

FakeScript script_from_json(const Json& json) {
  if (!json.is_object()) throw usage_error("{}: must be an object", kOrigin);
  FakeScript script;
  script.model = find_bool(json, "model", kOrigin).value_or(true);
  if (auto latencies = numbers(json, "latencies_ms"); !latencies.empty())
    script.latencies_ms = std::move(latencies);
  script.device_latencies_ms = numbers(json, "device_latencies_ms");
  script.probe_ms = find_number(json, "probe_ms", kOrigin).value_or(0);
  script.write_ms = find_number(json, "write_ms", kOrigin).value_or(0);
  script.tune_ms = find_number(json, "tune_ms", kOrigin);
  script.prepare_ms = find_number(json, "prepare_ms", kOrigin).value_or(0);
  script.sleep_ms = find_number(json, "sleep_ms", kOrigin).value_or(0);
  script.work_rounds = find_int(json, "work_rounds", kOrigin).value_or(0);
  script.device = find_string(json, "device", kOrigin).value_or(script.device);
  script.nodes = find_string(json, "nodes", kOrigin);
  script.refuse = find_string(json, "refuse", kOrigin);
  script.output = find_string(json, "output", kOrigin).value_or("finite");
  if (script.output != "finite" && script.output != "nan" && script.output != "infinite") {
    throw usage_error("{}: \"output\" is \"{}\", not finite, nan or infinite", kOrigin,
                      printable(script.output));
  }
  script.effective_precision = find_string(json, "effective_precision", kOrigin);
  script.actions = actions_from_json(json);
  script.lies = lies_from_json(json);
  return script;
}

FakeScript script_of(const Job& job) {
  const auto option = job.target.options.find(kOption);
  if (option == job.target.options.end()) return {};
  const std::string& text = option->second;
  return script_from_json(text.starts_with('{') ? parse_json(text, kOrigin) : read_json_file(text));
}

}  // namespace medbench
