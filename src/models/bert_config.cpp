#include <algorithm>
#include <array>
#include <string>

#include "base/error.hpp"
#include "models/bert.hpp"

namespace medbench {
namespace {

constexpr std::string_view kModelType = "bert";
constexpr std::int64_t kDefaultLabels = 2;
constexpr std::int64_t kMostLabels = 1'000'000;

// The sizes of an encoder. The limits are far above every published model and keep all products within 63
// bits.
struct SizeKey {
  std::string_view key;
  std::int64_t BertConfig::*member;
  std::int64_t most;
  bool required;
};
constexpr std::array kSizeKeys{
    SizeKey{"hidden_size", &BertConfig::hidden_size, 65'536, true},
    SizeKey{"num_hidden_layers", &BertConfig::layers, 1'000, true},
    SizeKey{"num_attention_heads", &BertConfig::heads, 65'536, true},
    SizeKey{"intermediate_size", &BertConfig::intermediate_size, 1'048'576, true},
    SizeKey{"vocab_size", &BertConfig::vocab_size, 16'777'216, true},
    SizeKey{"max_position_embeddings", &BertConfig::max_positions, 1'048'576, true},
    SizeKey{"type_vocab_size", &BertConfig::token_types, 65'536, false},
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

struct HeadName {
  std::string_view architecture;
  BertHead head;
};
constexpr std::array kHeads{
    HeadName{"BertForSequenceClassification", BertHead::SequenceClassification},
    HeadName{"BertForTokenClassification", BertHead::TokenClassification},
};

std::int64_t check_size(std::int64_t value, std::int64_t most, std::string_view key,
                        std::string_view origin) {
  if (value >= 1 && value <= most) return value;
  throw usage_error("{}: \"{}\" is {}; it must be from 1 to {}", origin, key, value, most);
}

// The first of "architectures"; empty when there is none.
std::string architecture_of(const Json& json, std::string_view origin) {
  const auto found = json.find("architectures");
  if (found == json.end() || found->is_null()) return {};
  const bool strings = found->is_array() && std::all_of(found->begin(), found->end(),
                                                        [](const Json& name) { return name.is_string(); });
  if (!strings) throw usage_error("{}: \"architectures\" must be an array of strings", origin);
  return found->empty() ? std::string() : found->front().get<std::string>();
}

// Early files have no model_type; there the architecture says what it is.
void check_family(const Json& json, const std::string& architecture, std::string_view origin) {
  const auto type = find_string(json, "model_type", origin);
  if (type ? *type == kModelType : (architecture.empty() || architecture.starts_with("Bert"))) return;
  throw usage_error("{}: \"{}\" is {}; medbench reads models of type {}", origin,
                    type ? "model_type" : "architectures", printable(type ? *type : architecture, 60),
                    kModelType);
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

ir::Activation activation_of(const Json& json, std::string_view origin) {
  const auto name = find_string(json, "hidden_act", origin).value_or("gelu");
  const auto row = std::find_if(kActivations.begin(), kActivations.end(),
                                [&](const ActivationName& candidate) { return candidate.name == name; });
  if (row != kActivations.end()) return row->activation;
  throw unsupported_error("{}: \"hidden_act\" is {}; medbench has gelu, gelu_new and relu for BERT", origin,
                          printable(name, 60));
}

std::int64_t labels_of(const Json& json, std::string_view origin) {
  if (const auto count = find_int(json, "num_labels", origin)) {
    return check_size(*count, kMostLabels, "num_labels", origin);
  }
  const auto names = json.find("id2label");
  if (names == json.end() || names->is_null()) return kDefaultLabels;
  if (!names->is_object()) throw usage_error("{}: \"id2label\" must be an object", origin);
  return check_size(static_cast<std::int64_t>(names->size()), kMostLabels, "id2label", origin);
}

}  // namespace

BertConfig bert_config_from_json(const Json& json, std::string_view origin) {
  if (!json.is_object()) throw usage_error("{}: expected an object", origin);
  const std::string architecture = architecture_of(json, origin);
  check_family(json, architecture, origin);
  refuse_variants(json, origin);

  BertConfig config;
  for (const auto& row : kSizeKeys) {
    if (!row.required && !find_int(json, row.key, origin)) continue;
    config.*row.member = check_size(get_int(json, row.key, origin), row.most, row.key, origin);
  }
  if (config.hidden_size % config.heads != 0) {
    throw usage_error("{}: {} heads (\"num_attention_heads\") do not divide \"hidden_size\" {}", origin,
                      config.heads, config.hidden_size);
  }
  config.layer_norm_epsilon = find_number(json, "layer_norm_eps", origin).value_or(config.layer_norm_epsilon);
  if (!(config.layer_norm_epsilon >= 0 && config.layer_norm_epsilon < 1)) {
    throw usage_error("{}: \"layer_norm_eps\" is {}; it must be from 0 to below 1", origin,
                      config.layer_norm_epsilon);
  }
  config.activation = activation_of(json, origin);
  const auto head = std::find_if(kHeads.begin(), kHeads.end(),
                                 [&](const HeadName& row) { return row.architecture == architecture; });
  if (head != kHeads.end()) {
    config.head = head->head;
    config.labels = labels_of(json, origin);
  }
  return config;
}

}  // namespace medbench
