#include "job/job.hpp"

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOrigin = "job";

template <class T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

TimedRegion region_from_string(const std::string& text) {
  for (const auto region : {TimedRegion::Device, TimedRegion::Host}) {
    if (text == to_string(region)) return region;
  }
  throw usage_error("{}: timed_region is \"{}\", not device or host", kOrigin, printable(text));
}

Padding padding_from_string(const std::string& text) {
  for (const auto padding : {Padding::Fixed, Padding::Longest}) {
    if (text == to_string(padding)) return padding;
  }
  throw usage_error("{}: padding is \"{}\", not fixed or longest", kOrigin, printable(text));
}

std::int64_t positive(const Json& json, std::string_view key) {
  const std::int64_t value = get_int(json, key, kOrigin);
  if (value < 1) throw usage_error("{}: \"{}\" must be at least 1, found {}", kOrigin, key, value);
  return value;
}

std::optional<std::int64_t> not_negative(const Json& json, std::string_view key) {
  const auto value = find_int(json, key, kOrigin);
  if (value && *value < 0)
    throw usage_error("{}: \"{}\" must not be negative, found {}", kOrigin, key, *value);
  return value;
}

std::uint64_t read_seed(const Json& json) {
  const auto it = json.find("seed");
  if (it == json.end() || !it->is_number_integer() ||
      (!it->is_number_unsigned() && it->get<std::int64_t>() < 0)) {
    throw usage_error("{}: \"seed\" must be an integer that is not negative", kOrigin);
  }
  return it->get<std::uint64_t>();
}

TextInput text_from_json(const Json& json) {
  return {.file = get_string(json, "file", kOrigin),
          .column = find_string(json, "column", kOrigin).value_or(""),
          .padding = padding_from_string(get_string(json, "padding", kOrigin))};
}

}  // namespace

std::string_view to_string(TimedRegion region) {
  return region == TimedRegion::Device ? "device" : "host";
}

std::string_view to_string(Padding padding) {
  return padding == Padding::Fixed ? "fixed" : "longest";
}

Json to_json(const Job& job) {
  Json json;
  json["id"] = job.id;
  json["backend"] = job.backend;
  json["device"] = job.device;
  json["precision"] = job.precision;
  json["model"] = {{"name", job.model.name}};
  put(json["model"], "folder", job.model.folder);
  json["batch_size"] = job.batch_size;
  json["seq_length"] = job.seq_length;
  put(json, "warmup_iterations", job.warmup_iterations);
  put(json, "num_iterations", job.num_iterations);
  json["time_budget_s"] = job.time_budget_s;
  json["seed"] = job.seed;
  json["threads"] = job.threads;
  if (job.turns != 1) json["turns"] = job.turns;
  json["timed_region"] = to_string(job.timed_region);
  if (job.text) {
    json["text"] = {
        {"file", job.text->file}, {"column", job.text->column}, {"padding", to_string(job.text->padding)}};
  }
  if (job.quantization) json["quantization"] = to_json(*job.quantization);
  put(json, "save_outputs", job.save_outputs);
  json["options"] = Json::object();
  for (const auto& [key, value] : job.options) json["options"][key] = value;
  return json;
}

Job job_from_json(const Json& json) {
  Job job;
  job.id = get_string(json, "id", kOrigin);
  job.backend = get_string(json, "backend", kOrigin);
  job.device = get_string(json, "device", kOrigin);
  job.precision = get_string(json, "precision", kOrigin);
  const auto model = json.find("model");
  if (model == json.end()) throw usage_error("{}: \"model\" is missing", kOrigin);
  job.model.name = get_string(*model, "name", kOrigin);
  job.model.folder = find_string(*model, "folder", kOrigin);
  job.batch_size = positive(json, "batch_size");
  job.seq_length = positive(json, "seq_length");
  job.warmup_iterations = not_negative(json, "warmup_iterations");
  if (find_int(json, "num_iterations", kOrigin)) job.num_iterations = positive(json, "num_iterations");
  job.time_budget_s = get_number(json, "time_budget_s", kOrigin);
  job.seed = read_seed(json);
  job.threads = not_negative(json, "threads").value_or(0);
  if (find_int(json, "turns", kOrigin)) job.turns = positive(json, "turns");
  job.timed_region = region_from_string(get_string(json, "timed_region", kOrigin));
  if (const auto text = json.find("text"); text != json.end()) job.text = text_from_json(*text);
  if (const auto quantization = json.find("quantization"); quantization != json.end()) {
    if (job.precision != kInt8)
      throw usage_error("{}: \"quantization\" needs precision int8, found {}", kOrigin,
                        printable(job.precision));
    if (!quantization->is_object()) throw usage_error("{}: \"quantization\" must be an object", kOrigin);
    job.quantization = quantization_from_json(*quantization, "job quantization");
  }
  job.save_outputs = find_string(json, "save_outputs", kOrigin);
  if (const auto options = json.find("options"); options != json.end()) {
    if (!options->is_object()) throw usage_error("{}: \"options\" must be an object", kOrigin);
    for (const auto& [key, value] : options->items()) job.options[key] = get_string(*options, key, kOrigin);
  }
  return job;
}

}  // namespace medbench
