#include "models/bert.hpp"

#include <array>
#include <utility>

namespace medbench {
namespace {

constexpr EncoderKeys kKeys{.classes = "Bert",
                            .hidden_size = "hidden_size",
                            .layers = "num_hidden_layers",
                            .heads = "num_attention_heads",
                            .intermediate_size = "intermediate_size",
                            .vocab_size = "vocab_size",
                            .max_positions = "max_position_embeddings",
                            .token_types = "type_vocab_size",
                            .layer_norm_epsilon = "layer_norm_eps",
                            .activation = "hidden_act"};

constexpr LayerNames kNames{
    .query = ".attention.self.query",
    .key = ".attention.self.key",
    .value = ".attention.self.value",
    .attention = ".attention.self",
    .attention_end = {".attention.output.dense", ".attention.output.add", ".attention.output.LayerNorm"},
    .wide = ".intermediate.dense",
    .activation = ".intermediate.activation",
    .end = {".output.dense", ".output.add", ".output.LayerNorm"}};

// The endings are TensorFlow's names, kept by early conversions to PyTorch.
constexpr std::array kRenamings{Renaming{Renaming::Place::Start, "bert.", ""},
                                Renaming{Renaming::Place::End, "LayerNorm.gamma", "LayerNorm.weight"},
                                Renaming{Renaming::Place::End, "LayerNorm.beta", "LayerNorm.bias"}};

// The first token of each sequence, through dense and tanh: [batch, hidden].
ir::ValueId pooled(EncoderBuilder& builder, ir::ValueId hidden, std::int64_t width) {
  const ir::ValueId dense = builder.dense(builder.first_token(hidden, "pooler"), width, "pooler.dense");
  return builder.graph().activate(dense, ir::Activation::Tanh, "pooler.activation");
}

Model build(const ModelSource& source) {
  const EncoderConfig config =
      read_encoder_config(source.config, source.origin, kKeys, classifier_rows(source.checkpoint));
  const bool pooler = source.checkpoint == nullptr || source.checkpoint->contains("pooler.dense.weight");
  return encoder_model(config, build_bert(config, pooler, source.name));
}

}  // namespace

constinit const ModelFamily kBertFamily{.name = "bert",
                                        .classes = kKeys.classes,
                                        .usual = encoder_axes,
                                        .renamings = kRenamings,
                                        .anchor = kEncoderAnchor,
                                        .build = build};

EncoderConfig bert_config_from_json(const Json& json, std::string_view origin) {
  return read_encoder_config(json, origin, kKeys);
}

ir::Graph build_bert(const EncoderConfig& config, bool pooler, std::string name) {
  EncoderBuilder builder(config, std::move(name));
  const ir::ValueId hidden = builder.hidden("encoder.layer", kNames);
  ir::ValueId output = hidden;
  if (config.head == Head::SequenceClassification)
    output = builder.classifier(pooled(builder, hidden, config.hidden_size));
  if (config.head == Head::TokenClassification) output = builder.classifier(hidden);
  builder.graph().output("output", output);
  if (pooler && config.head == Head::None)
    builder.graph().output("pooler_output", pooled(builder, hidden, config.hidden_size));
  return builder.graph().build();
}

}  // namespace medbench
