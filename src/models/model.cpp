#include "models/model.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/json.hpp"
#include "data/checkpoint.hpp"
#include "data/synthetic.hpp"
#include "models/bert.hpp"
#include "models/registry.hpp"

namespace medbench {
namespace {

constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20U;
constexpr std::string_view kPoolerWeight = "pooler.dense.weight";

InputLimits limits_of(const BertConfig& config) {
  return {config.vocab_size, config.max_positions, config.token_types};
}

Model load_checkpoint(const std::string& name, const std::filesystem::path& folder) {
  const auto path = folder / "config.json";
  const BertConfig config = bert_config_from_json(read_json_file(path, kMaxConfigBytes), path.string());
  auto checkpoint = std::make_unique<Checkpoint>(folder);
  ir::Graph graph = build_bert(config, checkpoint->contains(kPoolerWeight), name);
  checkpoint->check(graph);
  return {name, std::move(graph), std::move(checkpoint), limits_of(config)};
}

Model make_synthetic(const std::string& name, std::uint64_t seed) {
  const NamedModel* model = find_named_model(name);
  if (model == nullptr) {
    throw usage_error("model '{}': no folder was given and its architecture is not known here",
                      printable(name));
  }
  // With the pooler, as transformers' BertModel has it.
  ir::Graph graph = build_bert(model->config, true, name);
  auto weights = std::make_unique<SyntheticWeights>(graph, seed);
  return {name, std::move(graph), std::move(weights), limits_of(model->config)};
}

}  // namespace

Model load_model(const ModelRef& reference, std::uint64_t seed) {
  if (reference.folder) return load_checkpoint(reference.name, *reference.folder);
  return make_synthetic(reference.name, seed);
}

}  // namespace medbench
