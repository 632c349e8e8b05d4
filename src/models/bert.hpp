// The BERT encoder (Devlin et al. 2018) as one graph, for every size and head that a Hugging Face config.json
// describes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "ir/graph.hpp"

namespace medbench {

enum class BertHead { None, SequenceClassification, TokenClassification };

struct BertConfig {
  std::int64_t hidden_size = 768;
  std::int64_t layers = 12;
  std::int64_t heads = 12;
  std::int64_t intermediate_size = 3072;
  std::int64_t vocab_size = 30522;
  std::int64_t max_positions = 512;
  std::int64_t token_types = 2;
  double layer_norm_epsilon = 1e-12;
  ir::Activation activation = ir::Activation::GeluErf;
  BertHead head = BertHead::None;
  std::int64_t labels = 2;  // of a head
};

// Reads a config.json. Throws Usage and names the key: another architecture, a missing or absurd size, heads
// that do not divide the hidden size, an activation that BERT does not have here.
BertConfig bert_config_from_json(const Json& json, std::string_view origin);

// Inputs input_ids, attention_mask and token_type_ids, each I64 [batch, seq]. Outputs: without a head
// "output", the last hidden state [batch, seq, hidden], and with `pooler` also "pooler_output" [batch,
// hidden]; with a head "output" holds its logits, [batch, labels] or [batch, seq, labels]. A sequence
// classification head implies the pooler. Parameters carry the names of the Hugging Face checkpoint without
// the prefix "bert.".
ir::Graph build_bert(const BertConfig& config, bool pooler, std::string name);

}  // namespace medbench
