// What the hub says about a file of a repository: its commit, its hash, its size, and where its content is.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "hub/http.hpp"
#include "hub/settings.hpp"

namespace medbench {

// How often a request that the hub is too busy for is repeated, and how long after.
struct RetryPolicy {
  int tries = 4;
  std::chrono::milliseconds first_wait{1000};  // twice as long each time, or what the server says
  std::chrono::milliseconds longest_wait{30'000};
};

struct RemoteFile {
  std::string name;
  bool exists = true;     // false: this commit has no such file
  bool is_marked = true;  // whether the hub itself, and not something between, says so
  std::string commit;
  std::string hash;  // a name of the content, see content_hash()
  std::optional<std::uint64_t> size;
};

// Something that whoever waits wants to hear of.
using Say = std::function<void(const std::string&)>;

class HubClient {
 public:
  // `say` and `is_cancelled` may be empty. Throws Environment where libcurl cannot be used.
  HubClient(const HubSettings& settings, RetryPolicy policy, Say say, std::function<bool()> is_cancelled);

  // Throws Environment where the hub does not answer, now or a moment ago, or is none; Usage where it has no
  // such repository or revision, or does not let it be read.
  RemoteFile ask_for(const std::string& hub_id, const std::string& revision, const std::string& name);

  struct Got {
    HttpAnswer answer;
    bool is_own = false;      // the last answer was the hub's own, not that of a store it leads to
    bool is_changed = false;  // the hub has another content there by now; nothing of it was given to `body`
  };
  // One try to get the content of a file that is called `hash`, from its byte `offset` on. Follows redirects
  // to wherever they lead, without the token where that is another host.
  Got get(const std::string& url, const std::string& hash, std::uint64_t offset, const Http::Body& body);
  [[nodiscard]] std::string url_of(const std::string& hub_id, const std::string& revision,
                                   const std::string& name) const;
  // Why this answer of the hub's own is none; nothing where it is one, or another try may bring one.
  [[nodiscard]] std::optional<Error> refusal(const HttpAnswer& answer, const std::string& hub_id,
                                             const std::string& revision) const;

  // Before try number `next`, counted from 1: waits and says why. False where there is to be none.
  bool wait_for_try(int next, const HttpAnswer& answer, const std::string& what);
  // Throws Runtime where whoever waits has had enough.
  void check_cancelled() const;

 private:
  HttpAnswer head(std::string url);
  [[nodiscard]] RemoteFile read(const HttpAnswer& answer, const std::string& name) const;
  [[nodiscard]] Error unreachable() const;
  [[nodiscard]] std::vector<std::string> fields_for(const Url& url) const;

  const HubSettings& settings_;
  RetryPolicy policy_;
  Say say_;
  std::function<bool()> is_cancelled_;
  Http http_;
  std::string own_origin_;
  std::string unreachable_;  // why; asking again would only take time
};

}  // namespace medbench
