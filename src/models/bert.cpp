#include "models/bert.hpp"

#include <fmt/core.h>
#include <utility>

#include "ir/builder.hpp"

namespace medbench {
namespace {

using ir::ValueId;

// Names follow the modules of transformers' BertModel, so that parameters find their tensors by name.
class BertBuilder {
 public:
  BertBuilder(const BertConfig& config, std::string name) : config_(config), graph_(std::move(name)) {}

  ir::Graph build(bool pooler) {
    const ir::Shape ids{ir::kBatch, ir::kSeq};
    const ValueId input_ids = graph_.input("input_ids", DType::I64, ids);
    mask_ = graph_.input("attention_mask", DType::I64, ids);
    const ValueId token_type_ids = graph_.input("token_type_ids", DType::I64, ids);
    ValueId hidden = embeddings(input_ids, token_type_ids);
    for (std::int64_t i = 0; i < config_.layers; ++i)
      hidden = layer(hidden, fmt::format("encoder.layer.{}", i));
    add_outputs(hidden, pooler);
    return graph_.build();
  }

 private:
  ValueId dense(ValueId x, std::int64_t out, const std::string& name) {
    const ValueId weight = graph_.parameter(name + ".weight", {out, graph_.shape(x).back()});
    const ValueId bias = graph_.parameter(name + ".bias", {out});
    return graph_.linear(x, weight, bias, name);
  }

  ValueId layer_norm(ValueId x, const std::string& name) {
    const ValueId weight = graph_.parameter(name + ".weight", {config_.hidden_size});
    const ValueId bias = graph_.parameter(name + ".bias", {config_.hidden_size});
    return graph_.layer_norm(x, weight, bias, config_.layer_norm_epsilon, name);
  }

  ValueId table(const std::string& name, std::int64_t rows) {
    return graph_.parameter(name + ".weight", {rows, config_.hidden_size});
  }

  ValueId embeddings(ValueId input_ids, ValueId token_type_ids) {
    const std::string words_name = "embeddings.word_embeddings";
    const std::string types_name = "embeddings.token_type_embeddings";
    const std::string positions_name = "embeddings.position_embeddings";
    const ValueId words = graph_.embedding(input_ids, table(words_name, config_.vocab_size), words_name);
    const ValueId types =
        graph_.embedding(token_type_ids, table(types_name, config_.token_types), types_name);
    // Positions count from 0, so the embedding of positions is the top of its table.
    const ValueId positions =
        graph_.slice(table(positions_name, config_.max_positions), 0, 0, ir::kSeq, positions_name);
    const ValueId sum = graph_.add(words, types, "embeddings.add_token_types");
    return layer_norm(graph_.add(sum, positions, "embeddings.add_positions"), "embeddings.LayerNorm");
  }

  // dense, then the residual connection, then LayerNorm: the end of both halves of a layer.
  ValueId sublayer_output(ValueId x, ValueId residual, const std::string& name) {
    const ValueId projected = dense(x, config_.hidden_size, name + ".dense");
    return layer_norm(graph_.add(projected, residual, name + ".add"), name + ".LayerNorm");
  }

  ValueId layer(ValueId hidden, const std::string& name) {
    const std::string self = name + ".attention.self";
    const ValueId query = dense(hidden, config_.hidden_size, self + ".query");
    const ValueId key = dense(hidden, config_.hidden_size, self + ".key");
    const ValueId value = dense(hidden, config_.hidden_size, self + ".value");
    const ValueId context = graph_.attention(query, key, value, mask_, config_.heads, self);
    const ValueId attended = sublayer_output(context, hidden, name + ".attention.output");
    const ValueId wide = dense(attended, config_.intermediate_size, name + ".intermediate.dense");
    const ValueId active = graph_.activate(wide, config_.activation, name + ".intermediate.activation");
    return sublayer_output(active, attended, name + ".output");
  }

  // The first token of each sequence, through dense and tanh: [batch, hidden].
  ValueId pooled(ValueId hidden) {
    const ValueId first = graph_.slice(hidden, 1, 0, 1, "pooler.first_token");
    const ValueId flat = graph_.reshape(first, {ir::kBatch, config_.hidden_size}, "pooler.flatten");
    return graph_.activate(dense(flat, config_.hidden_size, "pooler.dense"), ir::Activation::Tanh,
                           "pooler.activation");
  }

  void add_outputs(ValueId hidden, bool pooler) {
    switch (config_.head) {
      case BertHead::None:
        graph_.output("output", hidden);
        if (pooler) graph_.output("pooler_output", pooled(hidden));
        return;
      case BertHead::SequenceClassification:
        graph_.output("output", dense(pooled(hidden), config_.labels, "classifier"));
        return;
      case BertHead::TokenClassification:
        graph_.output("output", dense(hidden, config_.labels, "classifier"));
        return;
    }
  }

  const BertConfig& config_;
  ir::GraphBuilder graph_;
  ValueId mask_ = 0;
};

}  // namespace

ir::Graph build_bert(const BertConfig& config, bool pooler, std::string name) {
  return BertBuilder{config, std::move(name)}.build(pooler);
}

}  // namespace medbench
