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

// Of any tensor: more than a machine holds, and products of such numbers stay within 63 bits.
constexpr std::int64_t kMostElements = std::int64_t{1} << 36U;

Model build(const ModelFamily& family, const ModelSource& source) {
  Model model = family.build(source);
  model.axes = family.usual(source.config, source.origin);
  return model;
}

void use_checkpoint(Model& model, std::unique_ptr<Checkpoint> checkpoint, const std::string& origin) {
  checkpoint->check(model.graph);
  if (const std::string& wrapper = checkpoint->wrapper(); !wrapper.empty()) {
    model.notes.push_back(
        fmt::format("{}: '{}' is taken off the names of the weights", origin, printable(wrapper)));
  }
  model.weights = std::move(checkpoint);
}

// Of a reference without a folder.
Json named_config(const ModelRef& reference) {
  const NamedModel* named = find_named_model(reference.name);
  if (named != nullptr) return config_of(*named, reference.config);
  throw usage_error("model '{}': no folder was given and its architecture is not known here",
                    printable(reference.name));
}

std::string config_path(const std::filesystem::path& folder) {
  return (folder / "config.json").string();
}

Model load_folder(const std::string& name, const std::filesystem::path& folder, const Axes& axes) {
  const std::string path = config_path(folder);
  const Json config = read_config(path);
  const ModelFamily& family = family_of(config, path);
  auto checkpoint = std::make_unique<Checkpoint>(folder, family.renamings, family.anchor);
  Model model = build(family, {name, config, path, checkpoint.get(), axes});
  use_checkpoint(model, std::move(checkpoint), folder.string());
  return model;
}

Model load_named(const ModelRef& reference, const Axes& axes, std::uint64_t seed) {
  const std::string& name = reference.name;
  const Json config = named_config(reference);
  const ModelFamily& family = family_of(config, name);
  Model model = build(family, {name, config, name, nullptr, axes});
  if (reference.weights) {
    use_checkpoint(model, std::make_unique<Checkpoint>(*reference.weights, family.renamings, family.anchor),
                   *reference.weights);
  } else {
    model.weights = std::make_unique<SyntheticWeights>(model.graph, seed);
  }
  return model;
}

}  // namespace

Model load_model(const ModelRef& reference, const Axes& axes, std::uint64_t seed) {
  if (reference.folder) return load_folder(reference.name, *reference.folder, axes);
  return load_named(reference, axes, seed);
}

Axes usual_axes(const ModelRef& reference) {
  const std::string origin = reference.folder ? config_path(*reference.folder) : reference.name;
  const Json config = reference.folder ? read_config(origin) : named_config(reference);
  return family_of(config, origin).usual(config, origin);
}

void check_limits(const Model& model, const Axes& axes) {
  const std::string name = printable(model.name);
  for (const AxisInfo& row : kAxes) {
    const std::int64_t number = axes[row.axis];
    const auto refuse = [&](const std::string& reason) -> Error {
      return {ErrorKind::Usage, reason, fmt::format("{} {}", row.noun, number)};
    };
    const bool is_own = model.axes.has(row.axis);
    if (!is_own && axes.has(row.axis)) throw refuse(fmt::format("{} has no {}", name, row.noun));
    if (!is_own) continue;
    if (!axes.has(row.axis)) throw usage_error("{} needs a {}, and none is given", name, row.noun);
    if (number < 1) throw refuse("it must be at least 1");
    const std::int64_t most = model.limits[row.axis];
    if (most > 0 && number > most) throw refuse(fmt::format("{} takes at most {}", name, most));
  }
}

void check_tensors(const Model& model, const Axes& axes) {
  for (const ir::Value& value : model.graph.values) {
    const std::vector<std::int64_t> shape = ir::bind(value.shape, axes);
    if (element_count(shape) <= kMostElements) continue;
    throw usage_error("{} at {} would make a tensor {}, which is more than {} elements; use smaller sizes",
                      printable(model.name), to_string(axes), shape_to_string(shape), kMostElements);
  }
}

void check_axes(const Model& model, const Axes& axes) {
  check_limits(model, axes);
  check_tensors(model, axes);
}

}  // namespace medbench
