#include "models/registry.hpp"

#include <string>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/weights_folder.hpp"
#include "hub/cache.hpp"
#include "hub/settings.hpp"
#include "hub/weights_files.hpp"
#include "models/suggestion.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRequired = "a checkpoint is required (--weights require)";

std::string known_names() {
  std::string names;
  for (const auto& model : model_table()) names.append(names.empty() ? "" : ", ").append(model.name);
  return names;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;  // what cannot be looked at is no folder to read from
  return fs::is_directory(path, ignored);
}

// A folder always begins with . or /, or has a slash and is there: org/name is a hub id otherwise.
bool means_path(std::string_view asked) {
  if (asked.starts_with('.') || asked.starts_with('/')) return true;
  std::error_code ignored;
  return asked.find('/') != std::string_view::npos && fs::exists(fs::path(asked), ignored);
}

// Empty where there is one.
std::string why_no_config(const fs::path& folder) {
  const fs::path config = folder / "config.json";
  if (may_exist(config)) return {};
  if (const auto link = dangling_link(config)) return *link + "; download the model again";
  if (!may_exist(folder / "bert_config.json"))
    return "the folder has no config.json, which says what the model is";
  return has_readable_weights(folder)
             ? "the folder has bert_config.json, but no config.json: copy the one to the other"
             : why_no_weights(folder);
}

// Files of weights that an index names and that are not there; empty: none.
std::string why_not_all_weights(const fs::path& folder) {
  try {
    std::string names;
    for (const std::string& name : missing_weights(folder))
      names.append(names.empty() ? "" : ", ").append(name);
    return names.empty() ? names : names + " of the weights are missing";
  } catch (const Error& error) {
    return error.what();
  }
}

// All that a folder lacks of what a model needs; empty: nothing.
std::string why_not_whole(const fs::path& folder) {
  std::string reason = has_readable_weights(folder) ? why_not_all_weights(folder) : why_no_weights(folder);
  const std::string no_config = why_no_config(folder);
  if (!no_config.empty() && no_config != reason) reason.append(reason.empty() ? "" : "; ").append(no_config);
  return reason;
}

bool has_tokenizer(const fs::path& folder) {
  return may_exist(folder / "tokenizer.json") || may_exist(folder / "vocab.txt");
}

Error only_named_are_synthetic() {
  return usage_error("synthetic weights are made only for: {}", known_names());
}

ResolvedModel resolve_folder(std::string_view asked, WeightsPolicy policy) {
  const fs::path folder(asked);
  const std::string shown = printable(asked);
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) {
    throw usage_error(
        "there is no such folder; give a folder with config.json and weights, or one "
        "of: {}",
        known_names())
        .about(shown);
  }
  if (!is_folder(folder)) throw usage_error("it is a file; give the folder that holds it").about(shown);
  if (policy == WeightsPolicy::Synthetic) {
    throw only_named_are_synthetic().about(shown);
  }
  if (const std::string reason = why_no_config(folder); !reason.empty())
    throw usage_error("{}", reason).about(shown);
  return {{std::string(asked), absolute_path(folder.string())}, false, {}};
}

// A built-in architecture whose weights were looked for, unless that was not wanted, and not found.
ResolvedModel resolve_synthetic(std::string_view asked, WeightsPolicy policy, const std::string& reason) {
  ResolvedModel resolved{{std::string(asked), std::nullopt}, true, {}};
  if (policy == WeightsPolicy::Synthetic) return resolved;
  if (policy == WeightsPolicy::Require)
    throw usage_error("{}, but {}", kRequired, reason).about(printable(asked));
  resolved.note = fmt::format(
      "{}: SYNTHETIC WEIGHTS: {}; the exact architecture runs with seeded random weights, so latency is "
      "right and outputs "
      "mean nothing",
      printable(asked), reason);
  return resolved;
}

// Which folder of the hub cache a model means: where that is not clear, the first snapshot that is whole.
struct CachedModel {
  std::optional<fs::path> folder;
  std::string revision;   // that led to it; empty: none
  std::string problem;    // of the cache; empty: none
  std::string reason;     // why there is no folder
  std::string failure;    // why it could not be downloaded; empty: it was, or nobody tried
  bool is_known = false;  // something of it is in the cache
};
CachedModel choose_snapshot(const CacheEntry& entry) {
  CachedModel chosen{.folder = {},
                     .revision = entry.revision,
                     .problem = entry.problem,
                     .reason = entry.problem,
                     .failure = {},
                     .is_known = true};
  for (const fs::path& snapshot : entry.snapshots) {
    const std::string reason = why_not_whole(snapshot);
    if (reason.empty()) {
      chosen.folder = snapshot;
      return chosen;
    }
    chosen.reason += (chosen.reason.empty() ? "" : "; ") + fmt::format("{}: {}", snapshot.string(), reason);
  }
  if (!entry.problem.empty()) chosen.reason += "; download the model again, or give the folder of a snapshot";
  return chosen;
}

CachedModel look_up(std::string_view hub_id, const std::string& revision) {
  if (const auto entry = find_in_hub_cache(hub_id, revision)) return choose_snapshot(*entry);
  const std::string at = revision.empty() ? "" : fmt::format(" at revision '{}'", printable(revision));
  return {
      .folder = {},
      .revision = {},
      .problem = {},
      .reason = fmt::format("{}{} is not in the hub cache {}", hub_id, at, hub_cache_directory().string()),
      .failure = {},
      .is_known = false};
}

CachedModel find_or_fetch(std::string_view hub_id, const WeightsChoice& weights, const FetchModel& fetch) {
  const std::string revision = weights.revision.value_or("");
  CachedModel cached = look_up(hub_id, revision);
  const bool is_whole =
      cached.folder && cached.problem.empty() && (!weights.with_tokenizer || has_tokenizer(*cached.folder));
  if (is_whole || !fetch) return cached;
  try {
    fetch(std::string(hub_id), revision.empty() ? kUsualRevision : revision);
    return look_up(hub_id, revision);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Runtime) throw;
    cached.failure = error.what();
    if (!cached.reason.empty()) cached.reason += "; it could not be downloaded: " + cached.failure;
  }
  return cached;
}

ResolvedModel resolve_cached(std::string_view asked, const CachedModel& cached, WeightsPolicy policy) {
  const std::string failed = cached.failure.empty() ? "" : " and could not be downloaded: " + cached.failure;
  if (policy == WeightsPolicy::Require && !cached.problem.empty()) {
    throw usage_error("{}, but {}{}; download the model again, or give the folder of a snapshot, such as {}",
                      kRequired, cached.problem, failed, cached.folder->string())
        .about(printable(asked));
  }
  ResolvedModel resolved{{std::string(asked), absolute_path(cached.folder->string())}, false, {}};
  if (!cached.revision.empty()) resolved.reference.revision = cached.revision;
  resolved.reference.commit = cached.folder->filename().string();
  if (!cached.problem.empty()) {
    resolved.note = fmt::format("{}: {}{}; goes on with {}", printable(asked), cached.problem, failed,
                                cached.folder->string());
  } else if (!failed.empty()) {
    resolved.note = fmt::format("{}: the tokenizer is not in the hub cache{}", printable(asked), failed);
  }
  return resolved;
}

void refuse_revision(std::string_view asked, const WeightsChoice& weights, std::string_view why) {
  if (weights.revision)
    throw usage_error("{}, so it has no revisions: leave --revision out", why).about(printable(asked));
}

ResolvedModel resolve_named(std::string_view asked, const NamedModel& model, const WeightsChoice& weights,
                            const FetchModel& fetch) {
  const WeightsPolicy policy = weights.policy;
  if (weights.file) {
    refuse_revision(asked, weights, "its weights are those of a file");
    std::error_code ignored;
    if (!fs::is_regular_file(*weights.file, ignored))
      throw usage_error("there is no such file of weights").about(printable(*weights.file));
    return {{.name = std::string(asked), .folder = std::nullopt, .weights = absolute_path(*weights.file)},
            false,
            {}};
  }
  if (model.hub_id.empty()) {
    refuse_revision(asked, weights, "it is on no hub");
    if (policy != WeightsPolicy::Require) return resolve_synthetic(asked, WeightsPolicy::Synthetic, {});
    throw usage_error("no hub has its weights; give a file, --weights FILE.safetensors or FILE.pth")
        .about(printable(asked));
  }
  if (policy == WeightsPolicy::Synthetic) {
    refuse_revision(asked, weights, "its weights are synthetic");
    return resolve_synthetic(asked, policy, {});
  }
  const CachedModel cached = find_or_fetch(model.hub_id, weights, fetch);
  if (!cached.folder) return resolve_synthetic(asked, policy, cached.reason);
  return resolve_cached(asked, cached, policy);
}

// A name that is not on the hub, most likely: the hub is not asked for it.
std::optional<std::string_view> find_misspelled(std::string_view asked) {
  if (asked.find('/') != std::string_view::npos) return std::nullopt;
  std::vector<std::string_view> names;
  for (const auto& model : model_table()) names.push_back(model.name);
  return nearest_name(asked, names);
}

Error unknown_model(std::string_view asked, const std::string& reason) {
  const std::string shown = printable(asked);
  if (is_folder(fs::path(asked)))
    return usage_error("unknown; for the folder of that name write ./{}", shown).about(shown);
  std::vector<std::string_view> names;
  for (const auto& model : model_table()) {
    names.push_back(model.name);
    if (!model.hub_id.empty()) names.push_back(model.hub_id);
  }
  const auto nearest = nearest_name(asked, names);
  const std::string hint = nearest ? fmt::format("did you mean {}? ", *nearest) : std::string();
  if (!is_hub_id(asked)) {
    return usage_error("no folder, no hub id and no known model; {}known: {}", hint, known_names())
        .about(shown);
  }
  return usage_error("unknown here: {}; {}give a folder, a hub id, or one of: {}", reason, hint,
                     known_names())
      .about(shown);
}

}  // namespace

ResolvedModel resolve_model(std::string_view asked, const WeightsChoice& weights, const FetchModel& fetch) {
  if (asked.empty() || asked.find('\0') != std::string_view::npos) {
    throw usage_error("an empty or broken name; give a folder, a hub id, or one of: {}", known_names())
        .about(printable(asked));
  }
  const NamedModel* const named = means_path(asked) ? nullptr : find_named_model(asked);
  if (named != nullptr) return resolve_named(asked, *named, weights, fetch);
  if (weights.file)
    throw usage_error("a folder holds its own weights; a file of weights is for: {}", known_names())
        .about(printable(asked));
  const WeightsPolicy policy = weights.policy;
  if (means_path(asked)) {
    refuse_revision(asked, weights, "a folder is as it is");
    return resolve_folder(asked, policy);
  }
  if (!is_hub_id(asked)) throw unknown_model(asked, {});
  const bool may_fetch =
      policy != WeightsPolicy::Synthetic && !is_folder(fs::path(asked)) && !find_misspelled(asked);
  const CachedModel cached = find_or_fetch(asked, weights, may_fetch ? fetch : FetchModel());
  if (!cached.is_known) throw unknown_model(asked, cached.reason);
  if (policy == WeightsPolicy::Synthetic) throw only_named_are_synthetic().about(printable(asked));
  if (!cached.folder) throw usage_error("{}", cached.reason).about(printable(asked));
  return resolve_cached(asked, cached, policy);
}

}  // namespace medbench
