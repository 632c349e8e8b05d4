// `medbench models`: the models that have a name, and where the weights of each would come from.
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "medbench/commands.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/option_parser.hpp"
#include "medbench/output.hpp"
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
  const NamedModel* model = nullptr;
  std::string weights;                // "checkpoint", "synthetic" or "broken"
  std::optional<std::string> folder;  // of the checkpoint
  std::string reason;                 // where there is none
};

FoundModel find(const NamedModel& model) {
  try {
    const ResolvedModel resolved = resolve_model(model.name, WeightsPolicy::Auto);
    return {&model, resolved.synthetic ? "synthetic" : "checkpoint", resolved.reference.folder,
            resolved.note};
  } catch (const Error& error) {
    return {&model, "broken", std::nullopt, error.what()};
  }
}

std::string render_json(const std::vector<FoundModel>& found) {
  Json array = Json::array();
  for (const auto& row : found) {
    const BertConfig& config = row.model->config;
    array.push_back({{"name", row.model->name},
                     {"hub_id", row.model->hub_id},
                     {"family", row.model->family},
                     {"meaning", row.model->meaning},
                     {"layers", config.layers},
                     {"hidden_size", config.hidden_size},
                     {"max_positions", config.max_positions},
                     {"vocab_size", config.vocab_size},
                     {"weights", row.weights},
                     {"folder", row.folder ? Json(*row.folder) : Json()},
                     {"reason", row.reason}});
  }
  return dump_pretty(array) + "\n";
}

std::string render_text(const std::vector<FoundModel>& found) {
  TextTable table({{"name"},
                   {"hub id"},
                   {"layers", Align::Right},
                   {"hidden", Align::Right},
                   {"positions", Align::Right},
                   {"weights"}});
  std::string notes;
  for (const auto& row : found) {
    const BertConfig& config = row.model->config;
    table.add_row({std::string(row.model->name), std::string(row.model->hub_id),
                   std::to_string(config.layers), std::to_string(config.hidden_size),
                   std::to_string(config.max_positions), row.folder.value_or(row.weights)});
    notes += fmt::format("{}: {}\n", row.model->name, row.model->meaning);
    if (!row.reason.empty()) notes += fmt::format("  {}\n", printable(row.reason, 1000));
  }
  return table.render() + "\n" + notes +
         "\nA folder with config.json and model.safetensors, or a hub id in the local cache, is a model "
         "too.\n";
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
