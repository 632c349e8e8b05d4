#include "models/distilbert.hpp"

#include <array>
#include <utility>

namespace medbench {
namespace {

// "sinusoidal_pos_embds" only says how positions were initialised: they are in the checkpoint.
constexpr EncoderKeys kKeys{.classes = "DistilBert",
                            .hidden_size = "dim",
                            .layers = "n_layers",
                            .heads = "n_heads",
                            .intermediate_size = "hidden_dim",
                            .vocab_size = "vocab_size",
                            .max_positions = "max_position_embeddings",
                            .token_types = {},
                            .layer_norm_epsilon = {},
                            .activation = "activation"};

constexpr LayerNames kNames{.query = ".attention.q_lin",
                            .key = ".attention.k_lin",
                            .value = ".attention.v_lin",
                            .attention = ".attention",
                            .attention_end = {".attention.out_lin", ".attention.add", ".sa_layer_norm"},
                            .wide = ".ffn.lin1",
                            .activation = ".ffn.activation",
                            .end = {".ffn.lin2", ".ffn.add", ".output_layer_norm"}};

constexpr std::array kRenamings{Renaming{Renaming::Place::Start, "distilbert.", ""}};

// The first token of each sequence, through dense and ReLU, then the classifier: [batch, labels].
ir::ValueId sequence_logits(EncoderBuilder& builder, ir::ValueId hidden, std::int64_t width) {
  const std::string name = "pre_classifier";
  const ir::ValueId dense = builder.dense(builder.first_token(hidden, name), width, name);
  return builder.classifier(builder.graph().activate(dense, ir::Activation::Relu, name + ".activation"));
}

Model build(const ModelSource& source) {
  const EncoderConfig config =
      read_encoder_config(source.config, source.origin, kKeys, classifier_rows(source.checkpoint));
  return encoder_model(config, build_distilbert(config, source.name));
}

}  // namespace

constinit const ModelFamily kDistilBertFamily{.name = "distilbert",
                                              .classes = kKeys.classes,
                                              .usual = encoder_axes,
                                              .renamings = kRenamings,
                                              .anchor = kEncoderAnchor,
                                              .build = build};

EncoderConfig distilbert_config_from_json(const Json& json, std::string_view origin) {
  return read_encoder_config(json, origin, kKeys);
}

ir::Graph build_distilbert(const EncoderConfig& config, std::string name) {
  EncoderBuilder builder(config, std::move(name));
  ir::ValueId output = builder.hidden("transformer.layer", kNames);
  if (config.head == Head::SequenceClassification)
    output = sequence_logits(builder, output, config.hidden_size);
  if (config.head == Head::TokenClassification) output = builder.classifier(output);
  builder.graph().output("output", output);
  return builder.graph().build();
}

}  // namespace medbench
