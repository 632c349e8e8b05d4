#include "job/events.hpp"

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOrigin = "worker event";

struct Encoder {
  Json operator()(const StageEvent& event) const {
    return {{"event", "stage"}, {"stage", to_string(event.stage)}};
  }
  Json operator()(const ProgressEvent& event) const {
    return {{"event", "progress"},      {"stage", to_string(event.stage)}, {"done", event.done},
            {"planned", event.planned}, {"latency_ms", event.latency_ms},  {"fraction", event.fraction}};
  }
  Json operator()(const TurnEvent& event) const { return {{"event", "turn"}, {"done", event.done}}; }
  Json operator()(const SamplesEvent& event) const {
    Json json{{"event", "samples"}};
    put_samples(json, event.samples);
    return json;
  }
  Json operator()(const NoteEvent& event) const { return {{"event", "note"}, {"text", event.text}}; }
  Json operator()(const ResultEvent& event) const {
    return {{"event", "result"}, {"result", to_json(event.result)}};
  }
  Json operator()(const ErrorEvent& event) const {
    return {{"event", "error"}, {"status", to_string(event.status)}, {"error", to_json(event.failure)}};
  }
};

Stage get_stage(const Json& json) {
  const std::string text = get_string(json, "stage", kOrigin);
  const auto stage = stage_from_string(text);
  if (!stage) throw usage_error("{}: unknown stage \"{}\"", kOrigin, printable(text));
  return *stage;
}

const Json& member(const Json& json, const char* key) {
  const auto it = json.find(key);
  if (it == json.end() || !it->is_object()) throw usage_error("{}: \"{}\" must be an object", kOrigin, key);
  return *it;
}

ErrorEvent decode_error(const Json& json) {
  const std::string text = get_string(json, "status", kOrigin);
  const auto status = status_from_string(text);
  if (!status || *status == Status::Ok) {
    throw usage_error("{}: \"{}\" is no status of a failure", kOrigin, printable(text));
  }
  return {.status = *status, .failure = failure_from_json(member(json, "error"))};
}

}  // namespace

std::string encode(const Event& event) {
  return dump_line(std::visit(Encoder{}, event));
}

Event decode_event(std::string_view line) {
  const Json json = parse_json(line, kOrigin);
  const std::string kind = get_string(json, "event", kOrigin);
  if (kind == "stage") return StageEvent{get_stage(json)};
  if (kind == "progress") {
    return ProgressEvent{.stage = get_stage(json),
                         .done = get_int(json, "done", kOrigin),
                         .planned = get_int(json, "planned", kOrigin),
                         .latency_ms = get_number(json, "latency_ms", kOrigin),
                         .fraction = get_number(json, "fraction", kOrigin)};
  }
  if (kind == "turn") {
    return TurnEvent{.done = get_int(json, "done", kOrigin)};
  }
  if (kind == "samples") {
    SamplesEvent samples{samples_from_json(json, kOrigin)};
    if (samples.samples.empty()) throw usage_error("{}: a samples event without samples", kOrigin);
    return samples;
  }
  if (kind == "note") return NoteEvent{get_string(json, "text", kOrigin)};
  if (kind == "result") return ResultEvent{result_from_json(member(json, "result"))};
  if (kind == "error") return decode_error(json);
  throw usage_error("{}: unknown event \"{}\"", kOrigin, printable(kind));
}

}  // namespace medbench
