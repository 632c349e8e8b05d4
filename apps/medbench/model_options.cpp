#include "medbench/model_options.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/batches.hpp"
#include "data/weights_file.hpp"
#include "hub/repository_cache.hpp"
#include "medbench/evaluation_options.hpp"
#include "medbench/image_options.hpp"
#include "medbench/text_options.hpp"
#include "models/packed_texts.hpp"

namespace medbench {

namespace {

struct PolicyName {
  std::string_view name;
  WeightsPolicy policy;
};
constexpr std::array kPolicies{PolicyName{"auto", WeightsPolicy::Auto},
                               PolicyName{"require", WeightsPolicy::Require},
                               PolicyName{"synthetic", WeightsPolicy::Synthetic}};

// What is wrong with a model's name is wrong with the option that gave it.
ResolvedModel resolve(const std::string& asked, const WeightsChoice& weights, std::string_view option,
                      const FetchModel& fetch) {
  try {
    return resolve_model(asked, weights, fetch);
  } catch (const Error& error) {
    if (weights.file && error.subject() == printable(*weights.file))
      throw error.about("--weights " + error.subject());
    if (error.subject() != printable(asked)) throw;
    throw error.about(asked.empty() ? std::string(option) : fmt::format("{} {}", option, error.subject()));
  }
}

// Those that change something: a setting that is the network's own is no other work.
Json changes_of(const std::string& asked, const ModelRef& reference, const Json& settings) {
  if (settings.empty()) return settings;
  const NamedModel* named = reference.folder ? nullptr : find_named_model(reference.name);
  if (named == nullptr) {
    throw usage_error("{} is as its config.json has it", printable(asked))
        .about(std::string(flag_of_setting(settings.begin().key())));
  }
  try {
    config_of(*named, settings);
  } catch (const Error& error) {
    throw error.about(std::string(flag_of_setting(error.subject())));
  }
  const Json own = config_of(*named, Json::object());
  Json changes = Json::object();
  for (const auto& [key, value] : settings.items()) {
    if (own.at(key) != value) changes[key] = value;
  }
  return changes;
}

// What is wrong with a number is wrong with the option that gave it.
template <class Action>
void naming_sizes(const ModelOptionNames& names, Action action) {
  try {
    action();
  } catch (const Error& error) {
    for (const auto& [axis, option] : names.sizes) {
      const std::string_view noun = info_of(axis).noun;
      if (error.subject().starts_with(noun))
        throw error.about(std::string(option) + error.subject().substr(noun.size()));
    }
    throw;
  }
}

std::vector<Axes> shapes_of(const Axes& usual, const ModelOptions& options) {
  std::vector<std::pair<Axis, std::vector<std::int64_t>>> values;
  for (const AxisInfo& row : kAxes) {
    if (!usual.has(row.axis)) continue;
    const auto asked = options.sizes.find(row.axis);
    const bool is_asked = asked != options.sizes.end() && !asked->second.empty();
    values.emplace_back(row.axis, is_asked ? asked->second : std::vector{usual[row.axis]});
  }
  return all_shapes(values);
}

// What a graph has as numbers.
Axes built_in(const Axes& shape) {
  return {{Axis::Depth, shape[Axis::Depth]},
          {Axis::Height, shape[Axis::Height]},
          {Axis::Width, shape[Axis::Width]}};
}

// Whether no pass of the run pads its texts, so that a shape may be larger than one that does.
bool is_all_packed(const ModelOptions& options) {
  return options.paddings == std::vector{Padding::None} && !options.compares;
}

// A graph that has no such form is the worker's to refuse, in a row.
void pack_where_possible(Model& model) {
  try {
    pack_texts(model);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Unsupported) throw;
  }
}

CheckedModel check_model(const std::string& asked, const ModelOptions& options, std::uint64_t seed,
                         const ModelOptionNames& names, const FetchModel& fetch) {
  WeightsChoice weights = options.weights;
  weights.with_tokenizer = std::holds_alternative<TextData>(options.data) || options.evaluate;
  ResolvedModel resolved = resolve(asked, weights, names.model, fetch);
  resolved.reference.config = changes_of(asked, resolved.reference, options.settings);
  CheckedModel checked{.planned = {.reference = std::move(resolved.reference), .shapes = {}},
                       .notes = {},
                       .texts = {},
                       .evaluation = {}};
  const ModelRef& reference = checked.planned.reference;
  std::vector<Axes>& shapes = checked.planned.shapes;
  shapes = shapes_of(usual_axes(reference), options);
  std::optional<Model> model;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    naming_sizes(names, [&] {
      if (i == 0 || built_in(shapes[i]) != built_in(shapes[i - 1]))
        model = load_model(reference, shapes[i], seed);
      check_limits(*model, shapes[i]);
      if (is_all_packed(options)) return;
      check_tensors(*model, shapes[i]);
      for (const ir::InputSpec& spec : model->inputs) check_input(spec, shapes[i]);
    });
  }
  if (!resolved.note.empty()) checked.notes.push_back(std::move(resolved.note));
  checked.notes.insert(checked.notes.end(), model->notes.begin(), model->notes.end());
  if (const auto* text = std::get_if<TextData>(&options.data)) {
    if (is_all_packed(options)) pack_where_possible(*model);
    CheckedTexts texts = check_texts(*text, reference, *model, shapes, names.model);
    checked.notes.insert(checked.notes.end(), texts.notes.begin(), texts.notes.end());
    checked.texts = std::move(texts.use);
  }
  if (options.evaluate)
    checked.evaluation = check_evaluation_of(*options.evaluate, reference, *model, shapes, names.model);
  return checked;
}

// Given and of no use is a mistake.
void check_sizes_are_used(const ModelOptions& options, const std::vector<CheckedModel>& models,
                          const ModelOptionNames& names) {
  for (const auto& [axis, option] : names.sizes) {
    const auto asked = options.sizes.find(axis);
    if (asked == options.sizes.end() || asked->second.empty()) continue;
    const bool is_used = std::ranges::any_of(
        models, [axis = axis](const CheckedModel& model) { return model.planned.shapes.front().has(axis); });
    if (is_used) continue;
    const std::string_view noun = info_of(axis).noun;
    const std::string_view advice = axis == Axis::Depth ? "; --conv-type 3d gives a network one" : "";
    throw usage_error("{}: {} has no {}{}", option,
                      models.size() == 1 ? printable(models.front().planned.reference.name)
                                         : std::string("none of the models"),
                      noun, advice);
  }
}

}  // namespace

WeightsOptionParser::WeightsOptionParser(OptionParser& parser, bool has_hub) {
  parser.path("--weights", weights_);
  if (has_hub) parser.text("--revision", revision_);
}

WeightsChoice WeightsOptionParser::choice() const {
  WeightsChoice choice;
  if (revision_ && !is_revision(*revision_)) {
    throw usage_error("--revision {}: give a branch, a tag or a commit of the hub, such as main",
                      printable(*revision_));
  }
  choice.revision = revision_;
  if (weights_.empty()) return choice;
  for (const auto& [name, policy] : kPolicies) {
    choice.policy = policy;
    if (name == weights_) return choice;
  }
  if (!is_weights_file_name(weights_)) {
    throw usage_error("--weights {}: give auto, require, synthetic or a file whose name ends in {}",
                      printable(weights_), kWeightsEndings);
  }
  choice.policy = WeightsPolicy::Auto;
  choice.file = absolute_path(weights_);
  return choice;
}

std::vector<CheckedModel> check_models(const ModelOptions& options, std::uint64_t seed,
                                       const ModelOptionNames& names, const FetchModel& fetch) {
  std::vector<CheckedModel> models;
  for (const auto& asked : options.models) models.push_back(check_model(asked, options, seed, names, fetch));
  check_sizes_are_used(options, models, names);
  return models;
}

}  // namespace medbench
