// A tiny encoder as files: config.json and the tensors that it needs.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "ir/graph.hpp"
#include "models/bert.hpp"
#include "tests/data/safetensors_builder.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::testing {

inline Json tiny_bert_config() {
  return Json::parse(R"({"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 8,
                         "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
                         "vocab_size": 120, "max_position_embeddings": 10, "type_vocab_size": 2})");
}

// Shapes of all tensors of the model, each name with a prefix.
inline Shapes bert_shapes(const Json& config, bool pooler, std::string_view prefix = "bert.") {
  Shapes shapes;
  const ir::Graph graph = build_bert(bert_config_from_json(config, "config"), pooler, "tiny");
  for (const ir::ValueId id : graph.parameters()) {
    const ir::Value& value = graph.value(id);
    const bool is_head = value.name.starts_with("classifier.");
    shapes[std::string(is_head ? "" : prefix) + value.name] = ir::bind(value.shape, {});
  }
  return shapes;
}

inline void write_bert(const TemporaryFolder& root, std::string_view folder, const Json& config,
                       bool pooler = true) {
  root.write(std::string(folder) + "/config.json", config.dump());
  write_zeros(root.path() / folder, bert_shapes(config, pooler));
}

}  // namespace medbench::testing
