// What text encoders of BERT's kind have in common (embeddings of words and positions, layers of attention
// and two linear maps, each with a residual connection and LayerNorm after it; Devlin et al. 2018). A family
// differs in the keys of its config.json, in the names of its modules and in its heads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "ir/builder.hpp"
#include "ir/parameters.hpp"
#include "models/model.hpp"

namespace medbench {

inline constexpr Axes kEncoderAxes{{Axis::Batch, 1}, {Axis::Seq, 128}};
inline Axes encoder_axes(const Json& /*config*/, std::string_view /*origin*/) {
  return kEncoderAxes;
}
inline constexpr std::string_view kEncoderAnchor = "embeddings.word_embeddings.weight";

enum class Head { None, SequenceClassification, TokenClassification };

struct EncoderConfig {
  std::int64_t hidden_size = 768;
  std::int64_t layers = 12;
  std::int64_t heads = 12;
  std::int64_t intermediate_size = 3072;
  std::int64_t vocab_size = 30522;
  std::int64_t max_positions = 512;
  std::int64_t token_types = 2;  // 0: the family has none
  double layer_norm_epsilon = 1e-12;
  ir::Activation activation = ir::Activation::GeluErf;
  Head head = Head::None;
  std::vector<std::string> labels;  // of a head, one a class
  std::vector<std::string> notes;   // of what the file and the weights do not agree on
};

// How a family's config.json spells what EncoderConfig holds; empty: the family has no such key.
struct EncoderKeys {
  std::string_view classes;  // "Bert" of "BertForTokenClassification"
  std::string_view hidden_size, layers, heads, intermediate_size, vocab_size, max_positions, token_types;
  std::string_view layer_norm_epsilon, activation;
};

// Throws Usage or Unsupported and names the key: a missing or absurd size, heads that do not divide the
// hidden size, an activation or a variant that is not here. `rows` is how many classes the weights of a head
// have, which the file need not agree with.
EncoderConfig read_encoder_config(const Json& json, std::string_view origin, const EncoderKeys& keys,
                                  std::optional<std::int64_t> rows = std::nullopt);

// Of the head's weight and bias; nothing where there are none or they differ. `checkpoint` may be null.
std::optional<std::int64_t> classifier_rows(ir::ParameterSource* checkpoint);

// Token ids, mask and, where there are token types, these: I64 [batch, seq].
std::vector<ir::InputSpec> encoder_input_specs(std::int64_t vocab_size, std::int64_t token_types);

// The names of modules in the checkpoint, behind that of their layer.
struct LayerNames {
  struct Sublayer {
    std::string_view dense, add, norm;  // its end
  };
  std::string_view query, key, value, attention;
  Sublayer attention_end;
  std::string_view wide, activation;
  Sublayer end;
};

class EncoderBuilder {
 public:
  // Keeps a reference to the configuration.
  EncoderBuilder(const EncoderConfig& config, std::string graph_name)
      : config_(config), graph_(std::move(graph_name)) {}

  // The inputs, the embeddings and all layers, the first of which is called `layers` + ".0": the last hidden
  // state [batch, seq, hidden].
  ir::ValueId hidden(std::string_view layers, const LayerNames& names);
  // The hidden state of each sequence's first token: [batch, hidden]. `name` begins the names of its nodes.
  ir::ValueId first_token(ir::ValueId hidden, const std::string& name);
  // x W^T + b with the parameters `name` + ".weight" and ".bias": [..., out].
  ir::ValueId dense(ir::ValueId x, std::int64_t out, const std::string& name);
  ir::ValueId classifier(ir::ValueId x);  // "classifier": one logit a label
  ir::GraphBuilder& graph() { return graph_; }

 private:
  ir::ValueId table(const std::string& name, std::int64_t rows);
  ir::ValueId layer_norm(ir::ValueId x, const std::string& name);
  ir::ValueId embeddings(const std::vector<ir::ValueId>& inputs);
  ir::ValueId layer(ir::ValueId hidden, ir::ValueId mask, const std::string& name, const LayerNames& names);
  ir::ValueId sublayer_end(ir::ValueId x, ir::ValueId residual, const std::string& layer,
                           const LayerNames::Sublayer& names);

  const EncoderConfig& config_;
  ir::GraphBuilder graph_;
};

// The graph with what it takes and gives, without weights. Its main output is called "output".
Model encoder_model(const EncoderConfig& config, ir::Graph graph);

}  // namespace medbench
