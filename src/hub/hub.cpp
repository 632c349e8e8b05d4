#include "hub/hub.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/file_lock.hpp"
#include "hub/download.hpp"
#include "hub/weights_files.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kConfig = "config.json";
constexpr std::array<std::string_view, 5> kTokenizer{"tokenizer.json", "vocab.txt", "tokenizer_config.json",
                                                     "special_tokens_map.json", "added_tokens.json"};

constexpr std::chrono::minutes kLockPatience{10};
constexpr std::chrono::milliseconds kQuietPatience{500};
constexpr int kMostChanges = 3;

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  return error ? 0 : size;
}

}  // namespace

std::vector<HubFile> files_in(const fs::path& snapshot) {
  std::vector<HubFile> files;
  std::error_code error;
  for (fs::directory_iterator entry(snapshot, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (fs::is_regular_file(entry->path(), ignored))
      files.push_back({.name = entry->path().filename().string(), .size = size_of(entry->path())});
  }
  std::ranges::sort(files, {}, &HubFile::name);
  return files;
}

std::vector<std::string> missing_from(const fs::path& snapshot) {
  std::vector<std::string> missing;
  if (!is_there(snapshot / kConfig)) missing.emplace_back(kConfig);
  for (std::string& name : missing_weights(snapshot)) missing.push_back(std::move(name));
  if (!is_there(snapshot / kTokenizer[0]) && !is_there(snapshot / kTokenizer[1]))
    missing.push_back(fmt::format("{} or {}", kTokenizer[0], kTokenizer[1]));
  return missing;
}

Hub::Hub(HubSettings settings, Callbacks callbacks, RetryPolicy policy)
    : settings_(std::move(settings)), callbacks_(std::move(callbacks)), policy_(policy) {}

HubClient& Hub::client() {
  if (!settings_.offline.empty())
    throw environment_error("{} is set, so the hub is not asked", settings_.offline);
  if (!client_) client_.emplace(settings_, policy_, callbacks_.say, callbacks_.is_cancelled);
  return *client_;
}

HubModel Hub::fetch(const std::string& hub_id, const std::string& revision, bool update) {
  if (!is_revision(revision)) throw usage_error("'{}' is no name of a revision", printable(revision));
  Fetching fetching{.hub_id = hub_id,
                    .revision = revision,
                    .cache = RepositoryCache(settings_.cache, hub_id, settings_.links)};
  if (!update || is_commit(revision)) fetching.commit = fetching.cache.commit_of(revision);
  if (get(fetching, std::string(kConfig)) && callbacks_.check_config)
    callbacks_.check_config(fetching.cache.snapshot(*fetching.commit) / kConfig);
  for (const std::string_view name : kTokenizer) get(fetching, std::string(name));
  get_weights(fetching);
  const bool is_new = std::ranges::any_of(fetching.files, &HubFile::is_new);
  try {
    if (!fetching.files.empty()) fetching.cache.write_ref(revision, *fetching.commit);
  } catch (const Error&) {
    if (is_new) throw;  // a cache that nobody may write to, and that has it all, is fine
  }
  std::ranges::sort(fetching.files, {}, &HubFile::name);
  return {.commit = *fetching.commit,
          .folder = fetching.cache.snapshot(*fetching.commit),
          .files = std::move(fetching.files)};
}

void Hub::get_weights(Fetching& fetching) {
  for (const auto& [name, is_index] : kWeightsFiles) {
    if (!get(fetching, std::string(name))) continue;
    if (!is_index) return;
    for (const std::string& shard : shards_of(fetching.cache.snapshot(*fetching.commit) / name)) {
      if (get(fetching, shard)) continue;
      throw usage_error("{} names {}, which {} does not have at commit {}", name, shard, fetching.hub_id,
                        *fetching.commit);
    }
    return;
  }
}

// False where the repository has no such file.
bool Hub::get(Fetching& fetching, const std::string& name) {
  const auto is_here = [&] { return is_there(fetching.cache.snapshot(*fetching.commit) / name); };
  const auto add = [&](bool is_new) {
    const fs::path file = fetching.cache.snapshot(*fetching.commit) / name;
    fetching.files.push_back({.name = name, .size = size_of(file), .is_new = is_new});
    return true;
  };
  if (fetching.commit) {
    if (is_here()) return add(false);
    if (fetching.cache.is_known_absent(*fetching.commit, name)) return false;
  }
  for (int change = 0; change < kMostChanges; ++change) {
    const RemoteFile file =
        client().ask_for(fetching.hub_id, fetching.commit.value_or(fetching.revision), name);
    if (!fetching.commit) fetching.commit = file.commit;
    if (file.commit != *fetching.commit) {
      throw environment_error("{} answers with commit {} where it was asked for {}", settings_.endpoint,
                              file.commit, *fetching.commit);
    }
    if (!file.exists) {
      if (file.is_marked) fetching.cache.mark_absent(*fetching.commit, name);
      return false;
    }
    if (is_here()) return add(false);
    if (obtain(fetching, file)) return add(true);
  }
  throw environment_error("{} has another content of {} each time that it is asked", settings_.endpoint,
                          name);
}

// False where the hub has another content there by now.
bool Hub::obtain(const Fetching& fetching, const RemoteFile& file) {
  const RepositoryCache& cache = fetching.cache;
  const std::string& commit = *fetching.commit;
  cache.prepare(commit);
  // Best effort: without it two may download the same, each into a file of its own.
  bool is_said = false;
  const FileLock lock(cache.lock_file(file.hash), [&](std::chrono::milliseconds waited) {
    client().check_cancelled();
    if (callbacks_.say && waited > kQuietPatience && !std::exchange(is_said, true))
      callbacks_.say(fmt::format("{}: another process downloads it; waiting for that", file.name));
    return waited < kLockPatience;
  });
  const fs::path blob = cache.blob(file.hash);
  const bool is_whole = is_there(blob) && (!file.size || size_of(blob) == *file.size);
  if (is_whole) {
    cache.link(commit, file.name, file.hash, false);
    return true;
  }
  if (is_there(cache.snapshot(commit) / file.name)) return true;  // by the process that held the lock
  cache.remove_left_over(file.hash);
  const auto show = [&](std::uint64_t done, std::optional<std::uint64_t> size) {
    if (callbacks_.progress) callbacks_.progress({.file = file.name, .done = done, .size = size});
  };
  show(0, file.size);
  const DownloadPlace place{.blob = blob,
                            .url = client().url_of(fetching.hub_id, commit, file.name),
                            .hub_id = fetching.hub_id,
                            .revision = commit};
  if (!download(client(), file, place, show)) return false;
  cache.link(commit, file.name, file.hash, true);
  return true;
}

}  // namespace medbench
