// `medbench fetch`: a model of the hub into the local cache, and what is there.
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "hub/cache.hpp"
#include "medbench/commands.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/model_download.hpp"
#include "medbench/option_parser.hpp"
#include "medbench/output.hpp"
#include "models/named_models.hpp"
#include "report/text_table.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

constexpr std::array<std::string_view, 1> kPositionals{"MODEL"};

struct FetchOptions {
  std::vector<std::string> models;  // one
  std::optional<std::string> revision;
  bool update = false;
  bool json = false;
  bool quiet = false;
};

void declare(OptionParser& parser, FetchOptions& options) {
  parser.positionals(kPositionals, options.models);
  parser.text("--revision", options.revision);
  parser.flag("--update", options.update);
  parser.flag("--json", options.json);
  parser.flag("--quiet", options.quiet);
}

std::string hub_id_of(const std::string& asked) {
  const NamedModel* named = find_named_model(asked);
  if (named != nullptr && named->hub_id.empty())
    throw usage_error("it is on no hub, and runs without").about(printable(asked));
  if (named != nullptr) return std::string(named->hub_id);
  if (!is_hub_id(asked))
    throw usage_error("no model of the hub is called so; give a name of medbench models, or ORG/NAME")
        .about(printable(asked));
  return asked;
}

// The snapshot that a run would take, where it has all that a model needs.
std::optional<HubModel> find_whole(const std::string& hub_id, const FetchOptions& options) {
  const auto entry = find_in_hub_cache(hub_id, options.revision.value_or(""));
  if (!entry || !entry->problem.empty() || !missing_from(entry->snapshots.front()).empty())
    return std::nullopt;
  const std::filesystem::path& snapshot = entry->snapshots.front();
  return HubModel{.commit = snapshot.filename().string(), .folder = snapshot, .files = files_in(snapshot)};
}

// "; of it is missing: config.json in .../snapshots/abc"; empty where nothing of it is here.
std::string what_is_missing(const std::string& hub_id, const FetchOptions& options) {
  const auto entry = find_in_hub_cache(hub_id, options.revision.value_or(""));
  std::string text;
  for (const auto& snapshot : entry ? entry->snapshots : std::vector<std::filesystem::path>()) {
    const auto missing = missing_from(snapshot);
    if (!missing.empty()) text += fmt::format("; {} lacks {}", snapshot.string(), fmt::join(missing, ", "));
  }
  return text;
}

HubModel fetch(const std::string& hub_id, const FetchOptions& options) {
  if (!options.update) {
    if (auto whole = find_whole(hub_id, options)) return std::move(*whole);
  }
  ModelDownload download(ProgressDisplay::mode_for(options.quiet || options.json, stderr));
  try {
    return download.fetch(hub_id, options.revision.value_or(kUsualRevision), options.update);
  } catch (const Error& error) {
    if (interrupted() || error.kind() == ErrorKind::Internal) throw;
    const std::string shown = printable(error.what(), 2000) + what_is_missing(hub_id, options);
    throw Error(error.kind(), shown, hub_id);
  }
}

std::string render_json(const std::string& hub_id, const std::string& revision, const HubModel& model,
                        const std::vector<std::string>& missing) {
  Json files = Json::array();
  for (const HubFile& file : model.files)
    files.push_back({{"name", file.name}, {"bytes", file.size}, {"downloaded", file.is_new}});
  return dump_pretty({{"hub_id", hub_id},
                      {"revision", revision},
                      {"commit", model.commit},
                      {"folder", model.folder.string()},
                      {"files", files},
                      {"missing", missing}}) +
         "\n";
}

std::string render_text(const std::string& hub_id, const std::string& revision, const HubModel& model) {
  TextTable table({{"file"}, {"bytes", Align::Right}, {""}});
  for (const HubFile& file : model.files)
    table.add_row(
        {printable(file.name), std::to_string(file.size), file.is_new ? "downloaded" : "was there"});
  return fmt::format("{} at {}: commit {}\n{}\n\n{}", hub_id, printable(revision), model.commit,
                     model.folder.string(), table.render());
}

}  // namespace

int run_fetch(std::span<const std::string> arguments) {
  FetchOptions options;
  OptionParser parser("medbench fetch");
  declare(parser, options);
  parser.parse(arguments);
  if (options.revision && !is_revision(*options.revision)) {
    throw usage_error("--revision {}: give a branch, a tag or a commit of the hub, such as main",
                      printable(*options.revision));
  }

  const std::string hub_id = hub_id_of(options.models.front());
  const std::string revision = options.revision.value_or(kUsualRevision);
  const InterruptGuard guard;
  HubModel model;
  try {
    model = fetch(hub_id, options);
  } catch (const Error& error) {
    if (!interrupted()) throw;
    print_error(error.what());
    return kExitSignalBase + interrupt_signal();
  }
  const auto missing = missing_from(model.folder);
  print_output(options.json ? render_json(hub_id, revision, model, missing)
                            : render_text(hub_id, revision, model));
  if (missing.empty()) return kExitOk;
  print_error(fmt::format("{} has no {} at commit {}", hub_id, fmt::join(missing, ", no "), model.commit));
  return kExitRowNotOk;
}

std::vector<std::string> fetch_option_names() {
  FetchOptions options;
  OptionParser parser("medbench fetch");
  declare(parser, options);
  return parser.names();
}

}  // namespace medbench
