#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/core.h>

#include "base/error.hpp"
#include "models/encoder.hpp"
#include "models/family.hpp"

namespace medbench {
namespace {

constexpr std::int64_t kDefaultLabels = 2;
constexpr std::int64_t kMostLabels = 1'000'000;

// The sizes of an encoder. The limits are far above every published model and keep all products within 63
// bits.
struct SizeRow {
  std::string_view EncoderKeys::*key;
  std::int64_t EncoderConfig::*member;
  std::int64_t most;
  bool required = true;
};
constexpr std::array kSizes{
    SizeRow{&EncoderKeys::hidden_size, &EncoderConfig::hidden_size, 65'536},
    SizeRow{&EncoderKeys::layers, &EncoderConfig::layers, 1'000},
    SizeRow{&EncoderKeys::heads, &EncoderConfig::heads, 65'536},
    SizeRow{&EncoderKeys::intermediate_size, &EncoderConfig::intermediate_size, 1'048'576},
    SizeRow{&EncoderKeys::vocab_size, &EncoderConfig::vocab_size, 16'777'216},
    SizeRow{&EncoderKeys::max_positions, &EncoderConfig::max_positions, 1'048'576},
    SizeRow{&EncoderKeys::token_types, &EncoderConfig::token_types, 65'536, false},
};

struct ActivationName {
  std::string_view name;
  ir::Activation activation;
};
// The names that Hugging Face uses for formulas that are the same.
constexpr std::array kActivations{
    ActivationName{"gelu", ir::Activation::GeluErf},
    ActivationName{"gelu_python", ir::Activation::GeluErf},
    ActivationName{"gelu_new", ir::Activation::GeluTanh},
    ActivationName{"gelu_fast", ir::Activation::GeluTanh},
    ActivationName{"gelu_pytorch_tanh", ir::Activation::GeluTanh},
    ActivationName{"relu", ir::Activation::Relu},
};

std::int64_t check_size(std::int64_t value, std::int64_t most, std::string_view key,
                        std::string_view origin) {
  if (value >= 1 && value <= most) return value;
  throw usage_error("{}: \"{}\" is {}; it must be from 1 to {}", origin, key, value, most);
}

// Variants that would load and then give other numbers than the model's own.
void refuse_variants(const Json& json, std::string_view origin) {
  const auto embedding = find_string(json, "position_embedding_type", origin).value_or("absolute");
  if (embedding != "absolute") {
    throw unsupported_error("{}: \"position_embedding_type\" is {}; medbench has only absolute", origin,
                            printable(embedding, 60));
  }
  for (const std::string_view key : {"is_decoder", "add_cross_attention"}) {
    if (find_bool(json, key, origin).value_or(false)) {
      throw unsupported_error("{}: \"{}\" is true; medbench has only the encoder", origin, key);
    }
  }
  for (const std::string_view key : {"pruned_heads", "quantization_config"}) {
    const auto found = json.find(std::string(key));
    if (found != json.end() && !found->is_null() && !found->empty()) {
      throw unsupported_error("{}: \"{}\" is set; medbench reads only whole models in floating point", origin,
                              key);
    }
  }
}

ir::Activation activation_of(const Json& json, std::string_view origin, std::string_view key) {
  const auto name = find_string(json, key, origin).value_or("gelu");
  const auto row = std::find_if(kActivations.begin(), kActivations.end(),
                                [&](const ActivationName& candidate) { return candidate.name == name; });
  if (row != kActivations.end()) return row->activation;
  throw unsupported_error("{}: \"{}\" is {}; medbench has gelu, gelu_new and relu for encoders", origin, key,
                          printable(name, 60));
}

Head head_of(std::string_view architecture, std::string_view classes) {
  if (!architecture.starts_with(classes)) return Head::None;
  architecture.remove_prefix(classes.size());
  if (architecture == "ForSequenceClassification") return Head::SequenceClassification;
  if (architecture == "ForTokenClassification") return Head::TokenClassification;
  return Head::None;
}

// What the weights have, else as many as "id2label" has (which transformers puts above "num_labels").
std::int64_t class_count(const Json* names, std::optional<std::int64_t> given,
                         std::optional<std::int64_t> rows, std::string_view origin) {
  if (rows) return check_size(*rows, kMostLabels, "classifier.weight", origin);
  if (names != nullptr)
    return check_size(static_cast<std::int64_t>(names->size()), kMostLabels, "id2label", origin);
  return given.value_or(kDefaultLabels);
}

// Named by "id2label"; a class that it leaves out has the name that transformers gives it.
void read_labels(const Json& json, std::string_view origin, std::optional<std::int64_t> rows,
                 EncoderConfig& config) {
  const auto found = json.find("id2label");
  const Json* names = found != json.end() && !found->is_null() ? &*found : nullptr;
  if (names != nullptr && !names->is_object())
    throw usage_error("{}: \"id2label\" must be an object", origin);
  const auto given = find_int(json, "num_labels", origin);
  if (given) check_size(*given, kMostLabels, "num_labels", origin);
  const std::int64_t count = class_count(names, given, rows, origin);
  for (std::int64_t i = 0; i < count; ++i) config.labels.push_back(fmt::format("LABEL_{}", i));
  bool all_fit = names == nullptr || static_cast<std::int64_t>(names->size()) == count;
  const Json none = Json::object();
  for (const auto& [key, name] : (names == nullptr ? none : *names).items()) {
    std::size_t id = 0;
    const char* const last = key.data() + key.size();
    if (const auto [end, code] = std::from_chars(key.data(), last, id); code != std::errc() || end != last)
      throw usage_error("{}: \"id2label\": {} is no number of a class", origin, printable(key, 60));
    if (id < config.labels.size()) {
      config.labels[id] = name.is_string() ? name.get<std::string>() : dump_line(name);
    } else {
      all_fit = false;
    }
  }
  if (all_fit && given.value_or(count) == count) return;
  config.notes.push_back(
      fmt::format("{}: {} classes, as {}, although {}{}{}", origin, count,
                  rows ? "the weights of the head have" : "\"id2label\" has names",
                  given ? fmt::format("\"num_labels\" is {}", *given) : std::string(),
                  given && names != nullptr ? " and " : "",
                  names != nullptr ? fmt::format("\"id2label\" names {}", names->size()) : std::string()));
}

}  // namespace

EncoderConfig read_encoder_config(const Json& json, std::string_view origin, const EncoderKeys& keys,
                                  std::optional<std::int64_t> rows) {
  if (!json.is_object()) throw usage_error("{}: expected an object", origin);
  refuse_variants(json, origin);

  EncoderConfig config;
  for (const auto& row : kSizes) {
    const std::string_view key = keys.*row.key;
    if (key.empty()) config.*row.member = 0;
    if (key.empty() || (!row.required && !find_int(json, key, origin))) continue;
    config.*row.member = check_size(get_int(json, key, origin), row.most, key, origin);
  }
  if (config.hidden_size % config.heads != 0) {
    throw usage_error("{}: {} heads (\"{}\") do not divide \"{}\" {}", origin, config.heads, keys.heads,
                      keys.hidden_size, config.hidden_size);
  }
  if (!keys.layer_norm_epsilon.empty()) {
    double& epsilon = config.layer_norm_epsilon;
    epsilon = find_number(json, keys.layer_norm_epsilon, origin).value_or(epsilon);
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw usage_error("{}: \"{}\" is {}; it must be from 0 to below 1", origin, keys.layer_norm_epsilon,
                        epsilon);
    }
  }
  config.activation = activation_of(json, origin, keys.activation);
  config.head = head_of(architecture_of(json, origin), keys.classes);
  if (config.head != Head::None) read_labels(json, origin, rows, config);
  return config;
}

}  // namespace medbench
