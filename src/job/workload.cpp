#include "job/workload.hpp"

#include "base/error.hpp"
#include "job/reading.hpp"

namespace medbench {

namespace {

constexpr const char* kAll = "all";

Padding padding_from_string(const std::string& text, std::string_view origin) {
  for (const auto padding : {Padding::Fixed, Padding::Longest, Padding::None}) {
    if (text == to_string(padding)) return padding;
  }
  throw usage_error("{}: padding is \"{}\", not fixed, longest or none", origin, printable(text));
}

BatchOrder order_from_json(const Json& text, std::string_view origin) {
  const std::string word = find_string(text, "batch_order", origin).value_or("given");
  for (const auto order : {BatchOrder::Given, BatchOrder::Length}) {
    if (word == to_string(order)) return order;
  }
  throw usage_error("{}: batch_order is \"{}\", not given or length", origin, printable(word));
}

std::int64_t text_batches_from_json(const Json& text, std::string_view origin) {
  constexpr std::int64_t kOfEarlierVersions = 4;
  const auto batches = text.find("batches");
  if (batches == text.end()) return kOfEarlierVersions;
  if (*batches == kAll) return kAllTextBatches;
  const std::int64_t number = read_positive(text, "batches", origin);
  if (number <= kMostTextBatches) return number;
  throw usage_error("{}: batches is {}; at most {} are possible", origin, number, kMostTextBatches);
}

Json batches_to_json(std::int64_t batches) {
  return batches == kAllTextBatches ? Json(kAll) : Json(batches);
}

std::uint64_t read_seed(const Json& json, std::string_view origin) {
  const auto it = json.find("seed");
  if (it == json.end() || !it->is_number_integer() ||
      (!it->is_number_unsigned() && it->get<std::int64_t>() < 0)) {
    throw usage_error("{}: \"seed\" must be an integer that is not negative", origin);
  }
  return it->get<std::uint64_t>();
}

std::string describe(const Data& data) {
  const auto* text = std::get_if<TextData>(&data);
  if (text == nullptr) return "random inputs";
  const std::string column = text->column.empty() ? "" : fmt::format(", column {}", text->column);
  const std::string content = text->hash.empty() ? "" : fmt::format(" (content {:.8})", text->hash);
  const std::string batches =
      text->batches == kAllTextBatches ? "all" : fmt::format("at most {}", text->batches);
  return fmt::format("the texts of {}{}{}, padding {}, batch order {}, {} batches", text->file, content,
                     column, to_string(text->padding), to_string(text->order), batches);
}

std::string describe(const ModelRef& model) {
  std::string text = model.name;
  if (!model.config.empty()) text += " with " + dump_line(model.config);
  if (model.weights) text += " and the weights in " + *model.weights;
  if (model.folder && *model.folder != model.name) text += " in " + *model.folder;
  return text;
}

Json model_config(const Json& model, std::string_view origin) {
  const auto config = model.find("config");
  if (config == model.end()) return Json::object();
  if (!config->is_object()) throw usage_error("{}: \"config\" must be an object", origin);
  return *config;
}

}  // namespace

std::string short_name(const ModelRef& model) {
  std::string_view name = model.name;
  while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
  const bool is_path =
      name.starts_with('/') || name.starts_with('.') || (model.folder && model.folder->ends_with(name));
  const auto slash = name.rfind('/');
  if (!is_path || slash == std::string_view::npos || name.size() == 1) return std::string(name);
  return std::string(name.substr(slash + 1));
}

std::string_view to_string(Padding padding) {
  switch (padding) {
    case Padding::Fixed:
      return "fixed";
    case Padding::Longest:
      return "longest";
    case Padding::None:
      return "none";
  }
  return "unknown";
}

std::string_view to_string(BatchOrder order) {
  return order == BatchOrder::Given ? "given" : "length";
}

bool same_but_for_padding(const Workload& a, const Workload& b) {
  const TextData* text = a.text();
  if (text == nullptr || b.text() == nullptr) return a == b;
  Workload other = b;
  std::get<TextData>(other.data).padding = text->padding;
  return a == other;
}

std::string padding_suffix(const Workload& work) {
  const TextData* text = work.text();
  return text == nullptr ? "" : fmt::format(" (padding {})", to_string(text->padding));
}

std::optional<std::string> find_difference(const Workload& a, const Workload& b) {
  const auto differ = [](std::string_view noun, const auto& left, const auto& right) {
    return fmt::format("the {} differs, {} and {}", noun, left, right);
  };
  if (a.model != b.model) return differ("model", printable(describe(a.model)), printable(describe(b.model)));
  for (const auto& row : kAxes) {
    if (a.axes[row.axis] != b.axes[row.axis]) return differ(row.noun, a.axes[row.axis], b.axes[row.axis]);
  }
  if (a.data != b.data)
    return differ("source of inputs", printable(describe(a.data)), printable(describe(b.data)));
  if (a.seed != b.seed) return differ("seed", a.seed, b.seed);
  return std::nullopt;
}

Json to_json(const Workload& workload) {
  Json json;
  json["model"] = {{"name", workload.model.name}};
  if (workload.model.folder) json["model"]["folder"] = *workload.model.folder;
  if (workload.model.weights) json["model"]["weights"] = *workload.model.weights;
  if (!workload.model.config.empty()) json["model"]["config"] = workload.model.config;
  if (workload.model.revision) json["model"]["revision"] = *workload.model.revision;
  if (workload.model.commit) json["model"]["commit"] = *workload.model.commit;
  for (const auto& row : kAxes) {
    if (workload.axes.has(row.axis)) json[std::string(row.json_key)] = workload.axes[row.axis];
  }
  if (const TextData* text = workload.text()) {
    json["text"] = {{"file", text->file},
                    {"column", text->column},
                    {"padding", to_string(text->padding)},
                    {"batch_order", to_string(text->order)},
                    {"batches", batches_to_json(text->batches)}};
    if (!text->hash.empty()) json["text"]["xxh128"] = text->hash;
  }
  json["seed"] = workload.seed;
  return json;
}

Workload workload_from_json(const Json& json, std::string_view origin) {
  Workload workload;
  const auto model = json.find("model");
  if (model == json.end()) throw usage_error("{}: \"model\" is missing", origin);
  workload.model.name = get_string(*model, "name", origin);
  workload.model.folder = find_string(*model, "folder", origin);
  workload.model.weights = find_string(*model, "weights", origin);
  workload.model.config = model_config(*model, origin);
  workload.model.revision = find_string(*model, "revision", origin);
  workload.model.commit = find_string(*model, "commit", origin);
  for (const auto& row : kAxes) {
    if (find_int(json, row.json_key, origin))
      workload.axes.set(row.axis, read_positive(json, row.json_key, origin));
  }
  if (!workload.axes.has(Axis::Batch)) read_positive(json, info_of(Axis::Batch).json_key, origin);
  if (const auto text = json.find("text"); text != json.end()) {
    workload.data = TextData{.file = get_string(*text, "file", origin),
                             .column = find_string(*text, "column", origin).value_or(""),
                             .padding = padding_from_string(get_string(*text, "padding", origin), origin),
                             .hash = find_string(*text, "xxh128", origin).value_or(""),
                             .order = order_from_json(*text, origin),
                             .batches = text_batches_from_json(*text, origin)};
  }
  workload.seed = read_seed(json, origin);
  return workload;
}

bool batches_differ(const Workload& work) {
  const auto* text = std::get_if<TextData>(&work.data);
  return text != nullptr && text->padding != Padding::Fixed;
}

}  // namespace medbench
