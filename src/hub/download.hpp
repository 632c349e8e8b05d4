// One file from the hub into the cache, verified before it has its name there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "hub/hub_client.hpp"

namespace medbench {

struct DownloadPlace {
  std::filesystem::path blob;  // where the content goes
  std::string url;
  std::string hub_id;
  std::string revision;
};

// Bytes that are here, of how many; the latter is absent where the hub does not say.
using ShowBytes = std::function<void(std::uint64_t done, std::optional<std::uint64_t> size)>;

// Into a temporary file of this process, which goes where anything fails. Where the connection breaks it goes
// on from there; what turns out wrong begins anew; each a few times. False where the hub has another content
// there by now: ask again. Throws Environment (no answer, no space, a content that does not have the hash),
// Usage (the hub refuses), Runtime (interrupted).
bool download(HubClient& client, const RemoteFile& file, const DownloadPlace& place, const ShowBytes& show);

}  // namespace medbench
