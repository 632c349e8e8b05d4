#include "models/model.hpp"

#include <algorithm>
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

Model build(const ModelFamily& family, const ModelSource& source) {
  Model model = family.build(source);
  model.axes = family.axes;
  return model;
}

Model load_checkpoint(const std::string& name, const std::filesystem::path& folder) {
  const std::string path = (folder / "config.json").string();
  const Json config = read_json_file(path, kMaxConfigBytes, JsonDialect::Python);
  const ModelFamily& family = family_of(config, path);
  auto checkpoint = std::make_unique<Checkpoint>(folder, family.renamings, family.anchor);
  Model model = build(family, {name, config, path, checkpoint.get()});
  checkpoint->check(model.graph);
  if (const std::string& wrapper = checkpoint->wrapper(); !wrapper.empty()) {
    model.notes.push_back(
        fmt::format("{}: '{}' is taken off the names of the weights", folder.string(), printable(wrapper)));
  }
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
  Model model = build(family_of(config, name), {name, config, name, nullptr});
  model.weights = std::make_unique<SyntheticWeights>(model.graph, seed);
  return model;
}

}  // namespace

Model load_model(const ModelRef& reference, std::uint64_t seed) {
  if (reference.folder) return load_checkpoint(reference.name, *reference.folder);
  return make_synthetic(reference.name, seed);
}

void check_axes(const Model& model, const Axes& axes) {
  const std::string name = printable(model.name);
  for (const AxisInfo& row : kAxes) {
    const std::int64_t number = axes[row.axis];
    const auto refuse = [&](const std::string& reason) -> Error {
      return {ErrorKind::Usage, reason, fmt::format("{} {}", row.noun, number)};
    };
    const bool is_own = std::find(model.axes.begin(), model.axes.end(), row.axis) != model.axes.end();
    if (!is_own && axes.has(row.axis)) throw refuse(fmt::format("{} has no {}", name, row.noun));
    if (!is_own) continue;
    if (!axes.has(row.axis)) throw usage_error("{} needs a {}, and none is given", name, row.noun);
    if (number < 1) throw refuse("it must be at least 1");
    const std::int64_t most = model.limits[row.axis];
    if (most > 0 && number > most) throw refuse(fmt::format("{} takes at most {}", name, most));
  }
}

}  // namespace medbench
