#include "job/result.hpp"

#include <array>

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOrigin = "result";
constexpr const char* kHolds = "holds";
constexpr const char* kFails = "fails";

struct StatusName {
  Status status;
  std::string_view name;
};
constexpr std::array kStatusNames{
    StatusName{Status::Ok, "ok"},
    StatusName{Status::AccError, "acc_error"},
    StatusName{Status::LoadError, "load_error"},
    StatusName{Status::Unsupported, "unsupported"},
    StatusName{Status::Timeout, "timeout"},
    StatusName{Status::Crashed, "crashed"},
    StatusName{Status::OutOfMemory, "out_of_memory"},
    StatusName{Status::Failed, "failed"},
};

struct StageName {
  Stage stage;
  std::string_view name;
};
constexpr std::array kStageNames{
    StageName{Stage::Start, "start"},       StageName{Stage::Load, "load"},
    StageName{Stage::Compile, "compile"},   StageName{Stage::Warmup, "warmup"},
    StageName{Stage::Run, "run"},           StageName{Stage::Finish, "finish"},
    StageName{Stage::Evaluate, "evaluate"},
};

// "latency_ms.p50" is the member p50 of the object latency_ms.
Json& slot_of(Json& json, std::string_view key) {
  const auto dot = key.find('.');
  if (dot == std::string_view::npos) return json[std::string(key)];
  return json[std::string(key.substr(0, dot))][std::string(key.substr(dot + 1))];
}

const Json* find_slot(const Json& json, std::string_view key) {
  const Json* place = &json;
  while (true) {
    const auto dot = key.find('.');
    if (!place->is_object()) return nullptr;
    const auto it = place->find(std::string(key.substr(0, dot)));
    if (it == place->end()) return nullptr;
    place = &*it;
    if (dot == std::string_view::npos) return place;
    key.remove_prefix(dot + 1);
  }
}

void put_metrics(Json& json, const Metrics& metrics) {
  Json reasons = Json::object();
  for (const auto& row : metric_table()) {
    const auto it = metrics.all().find(row.key);
    if (it == metrics.all().end()) continue;
    slot_of(json, row.key) = to_json(metrics, row.key);
    if (!it->second.value) reasons[std::string(row.key)] = it->second.reason;
  }
  if (!reasons.empty()) json["null_reasons"] = reasons;
}

Metrics metrics_from_json(const Json& json) {
  Metrics metrics;
  for (const auto& row : metric_table()) {
    const Json* slot = find_slot(json, row.key);
    if (slot == nullptr) continue;
    if (slot->is_number()) {
      metrics.set(row.key, slot->get<double>());
    } else if (slot->is_null()) {
      const auto reasons = json.find("null_reasons");
      const bool known = reasons != json.end() && reasons->is_object();
      metrics.set_absent(row.key, known ? find_string(*reasons, row.key, kOrigin).value_or("") : "");
    } else {
      throw usage_error("{}: \"{}\" must be a number or null", kOrigin, row.key);
    }
  }
  return metrics;
}

std::vector<Warning> warnings_from_json(const Json& json) {
  std::vector<Warning> warnings;
  if (const auto it = json.find("warnings"); it != json.end()) {
    for (const auto& row : *it) {
      warnings.push_back({.kind = get_string(row, "kind", kOrigin),
                          .text = get_string(row, "text", kOrigin),
                          .advice = get_string(row, "advice", kOrigin)});
    }
  }
  return warnings;
}

std::vector<std::string> notes_from_json(const Json& json) {
  std::vector<std::string> notes;
  if (const auto it = json.find("notes"); it != json.end()) {
    for (const auto& note : *it) {
      if (!note.is_string()) throw usage_error("{}: \"notes\" must be a list of strings", kOrigin);
      notes.push_back(note.get<std::string>());
    }
  }
  return notes;
}

RuntimeInfo runtime_from_json(const Json& json) {
  const auto it = json.find("runtime");
  if (it == json.end()) return {};
  return {.name = find_string(*it, "name", kOrigin).value_or(""),
          .version = find_string(*it, "version", kOrigin).value_or(""),
          .library = find_string(*it, "library", kOrigin).value_or("")};
}

// Files without a number are of schema 1.
void check_schema(const Json& json) {
  const std::int64_t schema = json.is_object() ? find_int(json, "schema", kOrigin).value_or(1) : 1;
  if (schema >= 1 && schema <= kSchema) return;
  throw usage_error(
      "{}: its \"schema\" is {}, and this version reads up to {}; use the medbench that wrote it", kOrigin,
      schema, kSchema);
}

std::optional<bool> parity_from_json(const Json& json) {
  const auto word = find_string(json, "parity", kOrigin);
  if (!word) return std::nullopt;
  if (*word != kHolds && *word != kFails)
    throw usage_error("{}: \"parity\" is \"{}\", not {} or {}", kOrigin, printable(*word), kHolds, kFails);
  return *word == kHolds;
}

Json object_from_json(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_object() ? *it : Json::object();
}

}  // namespace

std::string_view to_string(Status status) {
  for (const auto& row : kStatusNames) {
    if (row.status == status) return row.name;
  }
  return "failed";
}

std::optional<Status> status_from_string(std::string_view text) {
  for (const auto& row : kStatusNames) {
    if (row.name == text) return row.status;
  }
  return std::nullopt;
}

std::string_view to_string(Stage stage) {
  for (const auto& row : kStageNames) {
    if (row.stage == stage) return row.name;
  }
  return "start";
}

std::optional<Stage> stage_from_string(std::string_view text) {
  for (const auto& row : kStageNames) {
    if (row.name == text) return row.stage;
  }
  return std::nullopt;
}

Json to_json(const Failure& failure) {
  return {{"kind", failure.kind},
          {"stage", to_string(failure.stage)},
          {"message", failure.message},
          {"stderr_tail", failure.stderr_tail}};
}

Failure failure_from_json(const Json& json) {
  const auto stage = stage_from_string(get_string(json, "stage", kOrigin));
  if (!stage) throw usage_error("{}: unknown stage", kOrigin);
  return {.kind = get_string(json, "kind", kOrigin),
          .stage = *stage,
          .message = get_string(json, "message", kOrigin),
          .stderr_tail = find_string(json, "stderr_tail", kOrigin).value_or("")};
}

Json to_json(const Result& result) {
  Json json;
  json["model_type"] = result.model_type;
  for (const auto& row : kAxes) {
    if (result.job.work.axes.has(row.axis)) json[std::string(row.json_key)] = result.job.work.axes[row.axis];
  }
  json["precision"] = result.job.target.precision;
  json["device"] = result.device;
  json["status"] = to_string(result.status);
  if (result.failure) json["error"] = to_json(*result.failure);
  put_metrics(json, result.metrics);
  put_imaging(json, result);
  if (result.parity) json["parity"] = *result.parity ? kHolds : kFails;
  if (!result.acc_error.empty()) json["acc_error"] = result.acc_error;
  json["backend"] = result.job.target.backend;
  json["effective_precision"] = result.effective_precision;
  json["timed_region"] = to_string(result.job.protocol.region);
  json["weights_source"] = result.weights_source;
  const ModelRef& model = result.job.work.model;
  json["model_revision"] = model.revision ? Json(*model.revision) : Json();
  json["model_commit"] = model.commit ? Json(*model.commit) : Json();
  json["inputs_source"] = result.inputs_source;
  json["seed"] = result.job.work.seed;
  json["threads"] = result.threads;
  json["stop_rule"] = result.stop_rule;
  json["started_at"] = result.started_at;
  json["schema"] = kSchema;
  json["medbench_version"] = MEDBENCH_VERSION;
  json["runtime"] = {{"name", result.runtime.name},
                     {"version", result.runtime.version},
                     {"library", result.runtime.library}};
  json["warnings"] = Json::array();
  for (const auto& warning : result.warnings) {
    json["warnings"].push_back({{"kind", warning.kind}, {"text", warning.text}, {"advice", warning.advice}});
  }
  json["notes"] = result.notes;
  json["details"] = result.details;
  json["machine"] = result.machine;
  put_samples(json, result.samples);
  json["job"] = to_json(result.job);
  return json;
}

Result result_from_json(const Json& json) {
  Result result;
  check_schema(json);
  const auto job = json.is_object() ? json.find("job") : json.end();
  if (job == json.end()) throw usage_error("{}: \"job\" is missing", kOrigin);
  result.job = job_from_json(*job);
  result.device = get_string(json, "device", kOrigin);
  result.model_type = get_string(json, "model_type", kOrigin);
  const auto status = status_from_string(get_string(json, "status", kOrigin));
  if (!status) throw usage_error("{}: unknown status", kOrigin);
  result.status = *status;
  if (const auto error = json.find("error"); error != json.end()) result.failure = failure_from_json(*error);
  result.parity = parity_from_json(json);
  result.acc_error = find_string(json, "acc_error", kOrigin).value_or("");
  result.effective_precision = find_string(json, "effective_precision", kOrigin).value_or("");
  result.weights_source = find_string(json, "weights_source", kOrigin).value_or("");
  result.inputs_source = find_string(json, "inputs_source", kOrigin).value_or("");
  result.runtime = runtime_from_json(json);
  result.threads = find_int(json, "threads", kOrigin).value_or(0);
  result.stop_rule = find_string(json, "stop_rule", kOrigin).value_or("");
  result.started_at = find_string(json, "started_at", kOrigin).value_or("");
  result.warnings = warnings_from_json(json);
  result.samples = samples_from_json(json, kOrigin);
  result.metrics = metrics_from_json(json);
  result.imaging = imaging_from_json(json);
  result.machine = object_from_json(json, "machine");
  result.details = object_from_json(json, "details");
  result.notes = notes_from_json(json);
  return result;
}

}  // namespace medbench
