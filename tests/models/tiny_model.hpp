// Tiny models as files: config.json and the tensors that it needs.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "models/family.hpp"
#include "tests/data/safetensors_builder.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::testing {

inline Json tiny_bert_config() {
  return Json::parse(R"({"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 8,
                         "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
                         "vocab_size": 120, "max_position_embeddings": 10, "type_vocab_size": 2})");
}

inline Json tiny_distilbert_config() {
  return Json::parse(R"({"architectures": ["DistilBertModel"], "model_type": "distilbert", "dim": 8,
                         "n_layers": 2, "n_heads": 2, "hidden_dim": 16, "vocab_size": 120,
                         "max_position_embeddings": 10})");
}

// Without weights. With `pooler` as from a checkpoint that has one.
inline Model built(const Json& config, bool pooler = true) {
  MemoryParameters checkpoint;
  if (pooler) checkpoint.set("pooler.dense.weight", {});
  return family_of(config, "config").build({"tiny", config, "config", &checkpoint});
}

// Shapes of all tensors of the model. Those that are not of a head have a prefix: the family's, or this.
inline Shapes model_shapes(const Json& config, bool pooler,
                           const std::optional<std::string>& prefix = std::nullopt) {
  Shapes shapes;
  const Model model = built(config, pooler);
  const std::string family = std::string(family_of(config, "config").name) + ".";
  for (const ir::ValueId id : model.graph.parameters()) {
    const ir::Value& value = model.graph.value(id);
    const bool is_head = value.name.find("classifier.") != std::string::npos;
    shapes[(is_head ? "" : prefix.value_or(family)) + value.name] = ir::bind(value.shape, {});
  }
  return shapes;
}

// With weights that are random.
inline void write_model(const TemporaryFolder& root, std::string_view folder, const Json& config,
                        bool pooler = true) {
  root.write(std::string(folder) + "/config.json", config.dump());
  NamedTensors tensors;
  for (const auto& [name, shape] : model_shapes(config, pooler))
    tensors.emplace(name, random_floats(shape, tensors.size()));
  const std::filesystem::path file = root.path() / folder / "model.safetensors";
  std::filesystem::remove(file);
  write_safetensors(file, tensors);
}

}  // namespace medbench::testing
