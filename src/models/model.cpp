#include "models/model.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/json.hpp"
#include "data/checkpoint.hpp"
#include "data/synthetic.hpp"
#include "models/family.hpp"
#include "models/registry.hpp"

namespace medbench {
namespace {

constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20U;

Model load_checkpoint(const std::string& name, const std::filesystem::path& folder) {
  const std::string path = (folder / "config.json").string();
  const Json config = read_json_file(path, kMaxConfigBytes);
  const ModelFamily& family = family_of(config, path);
  auto checkpoint = std::make_unique<Checkpoint>(folder, family.renamings);
  Model model = family.build({name, config, path, checkpoint.get()});
  checkpoint->check(model.graph);
  model.weights = std::move(checkpoint);
  return model;
}

Model make_synthetic(const std::string& name, std::uint64_t seed) {
  const NamedModel* named = find_named_model(name);
  if (named == nullptr) {
    throw usage_error("model '{}': no folder was given and its architecture is not known here",
                      printable(name));
  }
  const Json config = parse_json(named->config, name);
  Model model = family_of(config, name).build({name, config, name, nullptr});
  model.weights = std::make_unique<SyntheticWeights>(model.graph, seed);
  return model;
}

}  // namespace

Model load_model(const ModelRef& reference, std::uint64_t seed) {
  if (reference.folder) return load_checkpoint(reference.name, *reference.folder);
  return make_synthetic(reference.name, seed);
}

}  // namespace medbench
