// `medbench models`: the models that have a name, and where the weights of each would come from.
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "medbench/commands.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/option_parser.hpp"
#include "medbench/output.hpp"
#include "models/family.hpp"
#include "models/registry.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

struct ModelsOptions {
  bool json = false;
};

void declare(OptionParser& parser, ModelsOptions& options) {
  parser.flag("--json", options.json);
}

struct FoundModel {
  const NamedModel* named = nullptr;
  const ModelFamily* family = nullptr;
  std::int64_t parameters = 0;
  Axes axes;  // with their usual sizes
  Axes limits;
  std::string weights;                // "checkpoint", "synthetic" or "broken"
  std::optional<std::string> folder;  // of the checkpoint
  std::string reason;                 // where there is none
};

void resolve(FoundModel& row) {
  try {
    const ResolvedModel resolved = resolve_model(row.named->name, WeightsPolicy::Auto);
    row.weights = resolved.synthetic ? "synthetic" : "checkpoint";
    row.folder = resolved.reference.folder;
    row.reason = resolved.note;
  } catch (const Error& error) {
    row.weights = "broken";
    row.reason = error.what();
  }
}

FoundModel find(const NamedModel& named) {
  const Json config = parse_json(named.config, named.name);
  FoundModel row;
  row.named = &named;
  row.family = &family_of(config, named.name);
  row.axes = row.family->usual(config, named.name);
  const Model model = load_model({std::string(named.name), std::nullopt}, row.axes, 0);
  for (const ir::ValueId id : model.graph.parameters())
    row.parameters += element_count(ir::bind(model.graph.value(id).shape, {}));
  row.limits = model.limits;
  resolve(row);
  return row;
}

std::string render_json(const std::vector<FoundModel>& found) {
  Json array = Json::array();
  for (const auto& row : found) {
    Json axes = Json::array();
    Json limits = Json::object();
    Json usual = Json::object();
    for (const AxisInfo& axis : kAxes) {
      const std::string key(axis.json_key);
      if (!row.axes.has(axis.axis)) continue;
      axes.push_back(key);
      usual[key] = row.axes[axis.axis];
      if (row.limits.has(axis.axis)) limits[key] = row.limits[axis.axis];
    }
    array.push_back({{"name", row.named->name},
                     {"hub_id", row.named->hub_id.empty() ? Json() : Json(row.named->hub_id)},
                     {"family", row.family->name},
                     {"meaning", row.named->meaning},
                     {"parameters", row.parameters},
                     {"axes", axes},
                     {"usual", usual},
                     {"limits", limits},
                     {"config", parse_json(row.named->config, row.named->name)},
                     {"weights", row.weights},
                     {"folder", row.folder ? Json(*row.folder) : Json()},
                     {"reason", row.reason}});
  }
  return dump_pretty(array) + "\n";
}

std::string text_of(const Axes& axes) {
  std::string text;
  for (const AxisInfo& row : kAxes) {
    if (axes.has(row.axis))
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", row.heading, axes[row.axis]);
  }
  return text;
}

std::string render_text(const std::vector<FoundModel>& found) {
  TextTable table(
      {{"name"}, {"hub id"}, {"family"}, {"parameters", Align::Right}, {"usual"}, {"at most"}, {"weights"}});
  std::string notes;
  for (const auto& row : found) {
    table.add_row({std::string(row.named->name), std::string(row.named->hub_id),
                   std::string(row.family->name),
                   fmt::format("{:.1f} M", static_cast<double>(row.parameters) / 1e6), text_of(row.axes),
                   text_of(row.limits), row.folder.value_or(row.weights)});
    notes += fmt::format("{}: {}\n", row.named->name, row.named->meaning);
    if (!row.reason.empty()) notes += fmt::format("  {}\n", printable(row.reason, 1000));
  }
  return table.render() + "\n" + notes +
         "\nA folder with config.json and weights, or a hub id, is a model too; medbench fetch downloads "
         "one.\n";
}

}  // namespace

int run_models(std::span<const std::string> arguments) {
  ModelsOptions options;
  OptionParser parser("medbench models");
  declare(parser, options);
  parser.parse(arguments);

  std::vector<FoundModel> found;
  for (const auto& model : model_table()) found.push_back(find(model));
  print_output(options.json ? render_json(found) : render_text(found));
  return kExitOk;
}

std::vector<std::string> models_option_names() {
  ModelsOptions options;
  OptionParser parser("medbench models");
  declare(parser, options);
  return parser.names();
}

}  // namespace medbench
