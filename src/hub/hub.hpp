// Models from the hub into the local cache, which is shared with the hub's own library: what either
// downloaded the other finds. It downloads what is missing, and updates nothing unless it is told to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hub/hub_client.hpp"
#include "hub/repository_cache.hpp"
#include "hub/settings.hpp"

namespace medbench {

struct HubFile {
  std::string name;
  std::uint64_t size = 0;
  bool is_new = false;  // was downloaded just now
};

struct HubModel {
  std::string commit;
  std::filesystem::path folder;
  std::vector<HubFile> files;
};

// What of a model is here already.
struct HubProgress {
  std::string file;
  std::uint64_t done = 0;
  std::optional<std::uint64_t> size{};  // absent where the hub does not say
};

// Those of a model's files that are in a snapshot, sorted.
std::vector<HubFile> files_in(const std::filesystem::path& snapshot);

// What a snapshot lacks of configuration, weights and tokenizer: "config.json", "model.safetensors", a shard
// that its index names, "tokenizer.json or vocab.txt". A link that leads nowhere is not there.
std::vector<std::string> missing_from(const std::filesystem::path& snapshot);

class Hub {
 public:
  // All may be empty.
  struct Callbacks {
    Say say{};                                           // what whoever waits wants to hear of
    std::function<void(const HubProgress&)> progress{};  // of the file that is being downloaded
    std::function<bool()> is_cancelled{};
    // Throws where a model of this config.json is of no use, before its weights come.
    std::function<void(const std::filesystem::path& config)> check_config{};
  };
  // Opens nothing yet.
  Hub(HubSettings settings, Callbacks callbacks, RetryPolicy policy = {});
  Hub(const Hub&) = delete;  // its client refers to its settings
  Hub& operator=(const Hub&) = delete;

  // The files of a model at a revision: configuration, tokenizer, and weights in the first of the formats
  // that medbench reads. Where the cache knows the revision's commit it is that one, whatever the hub has by
  // now, unless `update`. Files that are there, and those that are known not to be, are not asked for; the
  // ref is written when all are there. Throws Environment (no answer, the cache cannot be written, a variable
  // forbids it), Usage (the hub has no such model or revision) and Runtime (interrupted).
  HubModel fetch(const std::string& hub_id, const std::string& revision, bool update = false);

  [[nodiscard]] const HubSettings& settings() const { return settings_; }

 private:
  // One model being fetched.
  struct Fetching {
    std::string hub_id;
    std::string revision;
    RepositoryCache cache;
    std::optional<std::string> commit{};
    std::vector<HubFile> files{};
  };

  HubClient& client();
  bool get(Fetching& fetching, const std::string& name);
  void get_weights(Fetching& fetching);
  bool obtain(const Fetching& fetching, const RemoteFile& file);

  HubSettings settings_;
  Callbacks callbacks_;
  RetryPolicy policy_;
  std::optional<HubClient> client_;
};

}  // namespace medbench
