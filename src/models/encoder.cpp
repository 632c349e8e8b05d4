#include "models/encoder.hpp"

#include <fmt/core.h>
#include <optional>
#include <utility>

namespace medbench {

using ir::ValueId;

namespace {

constexpr std::string_view kClassifier = "classifier";

}  // namespace

std::vector<ir::InputSpec> encoder_input_specs(std::int64_t vocab_size, std::int64_t token_types) {
  const auto input = [](const char* name, ir::Role role, std::int64_t values) {
    return ir::InputSpec{.name = name,
                         .dtype = DType::I64,
                         .shape = {ir::kBatch, ir::kSeq},
                         .role = role,
                         .domain = {0, static_cast<double>(values - 1)}};
  };
  std::vector inputs{input("input_ids", ir::Role::Ids, vocab_size),
                     input("attention_mask", ir::Role::Mask, 2)};
  if (token_types > 0) inputs.push_back(input("token_type_ids", ir::Role::Types, token_types));
  return inputs;
}

ValueId EncoderBuilder::dense(ValueId x, std::int64_t out, const std::string& name) {
  const ValueId weight = graph_.parameter(name + ".weight", {out, graph_.shape(x).back()});
  const ValueId bias = graph_.parameter(name + ".bias", {out});
  return graph_.linear(x, weight, bias, name);
}

std::optional<std::int64_t> classifier_rows(ir::ParameterSource* checkpoint) {
  const auto name = [](std::string_view part) { return std::string(kClassifier) + std::string(part); };
  if (checkpoint == nullptr || !checkpoint->contains(name(".weight")) || !checkpoint->contains(name(".bias")))
    return std::nullopt;
  const std::vector<std::int64_t> weight = checkpoint->read(name(".weight")).view.shape;
  const std::vector<std::int64_t> bias = checkpoint->read(name(".bias")).view.shape;
  if (weight.size() != 2 || bias.size() != 1 || weight.front() != bias.front()) return std::nullopt;
  return weight.front();
}

ValueId EncoderBuilder::classifier(ValueId x) {
  return dense(x, static_cast<std::int64_t>(config_.labels.size()), std::string(kClassifier));
}

ValueId EncoderBuilder::table(const std::string& name, std::int64_t rows) {
  return graph_.parameter(name + ".weight", {rows, config_.hidden_size});
}

ValueId EncoderBuilder::layer_norm(ValueId x, const std::string& name) {
  const ValueId weight = graph_.parameter(name + ".weight", {config_.hidden_size});
  const ValueId bias = graph_.parameter(name + ".bias", {config_.hidden_size});
  return graph_.layer_norm(x, weight, bias, config_.layer_norm_epsilon, name);
}

ValueId EncoderBuilder::embeddings(const std::vector<ValueId>& inputs) {
  const std::string words_name = "embeddings.word_embeddings";
  const std::string types_name = "embeddings.token_type_embeddings";
  const std::string positions_name = "embeddings.position_embeddings";
  ValueId sum = graph_.embedding(inputs[0], table(words_name, config_.vocab_size), words_name);
  std::optional<ValueId> types;
  if (config_.token_types > 0)
    types = graph_.embedding(inputs[2], table(types_name, config_.token_types), types_name);
  // Positions count from 0, so the embedding of positions is the top of its table.
  const ValueId positions =
      graph_.slice(table(positions_name, config_.max_positions), 0, 0, ir::kSeq, positions_name);
  if (types) sum = graph_.add(sum, *types, "embeddings.add_token_types");
  return layer_norm(graph_.add(sum, positions, "embeddings.add_positions"), "embeddings.LayerNorm");
}

// dense, then the residual connection, then LayerNorm: the end of both halves of a layer.
ValueId EncoderBuilder::sublayer_end(ValueId x, ValueId residual, const std::string& layer,
                                     const LayerNames::Sublayer& names) {
  const auto name = [&](std::string_view part) { return layer + std::string(part); };
  const ValueId projected = dense(x, config_.hidden_size, name(names.dense));
  return layer_norm(graph_.add(projected, residual, name(names.add)), name(names.norm));
}

ValueId EncoderBuilder::layer(ValueId hidden, ValueId mask, const std::string& layer,
                              const LayerNames& names) {
  const auto name = [&](std::string_view part) { return layer + std::string(part); };
  const ValueId query = dense(hidden, config_.hidden_size, name(names.query));
  const ValueId key = dense(hidden, config_.hidden_size, name(names.key));
  const ValueId value = dense(hidden, config_.hidden_size, name(names.value));
  const ValueId context = graph_.attention(query, key, value, mask, config_.heads, name(names.attention));
  const ValueId attended = sublayer_end(context, hidden, layer, names.attention_end);
  const ValueId wide = dense(attended, config_.intermediate_size, name(names.wide));
  const ValueId active = graph_.activate(wide, config_.activation, name(names.activation));
  return sublayer_end(active, attended, layer, names.end);
}

ValueId EncoderBuilder::hidden(std::string_view layers, const LayerNames& names) {
  std::vector<ValueId> inputs;
  for (const ir::InputSpec& spec : encoder_input_specs(config_.vocab_size, config_.token_types))
    inputs.push_back(graph_.input(spec));
  ValueId hidden = embeddings(inputs);
  for (std::int64_t i = 0; i < config_.layers; ++i)
    hidden = layer(hidden, inputs[1], fmt::format("{}.{}", layers, i), names);
  return hidden;
}

ValueId EncoderBuilder::first_token(ValueId hidden, const std::string& name) {
  const ValueId first = graph_.slice(hidden, 1, 0, 1, name + ".first_token");
  return graph_.reshape(first, {ir::kBatch, config_.hidden_size}, name + ".flatten");
}

Model encoder_model(const EncoderConfig& config, ir::Graph graph) {
  Model model;
  model.name = graph.name;
  model.graph = std::move(graph);
  model.inputs = encoder_input_specs(config.vocab_size, config.token_types);
  model.output = {.name = "output",
                  .class_axis = config.head == Head::SequenceClassification ? 1 : 2,
                  .kind = config.head == Head::None ? ir::OutputKind::Hidden : ir::OutputKind::Logits,
                  .labels = config.labels};
  model.limits = {{Axis::Seq, config.max_positions}};
  model.notes = config.notes;
  return model;
}

}  // namespace medbench
