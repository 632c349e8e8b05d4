#include "hub/cache.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "hub/repository_cache.hpp"
#include "hub/settings.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestId = 96;  // of either half; the hub's own limit
constexpr std::size_t kMaxRefBytes = 256;

bool is_id_half(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  const auto is_edge = [](char c) { return c == '-' || c == '.'; };
  return !text.empty() && text.size() <= kLongestId && std::all_of(text.begin(), text.end(), allowed) &&
         !is_edge(text.front()) && !is_edge(text.back()) && text.find("--") == std::string_view::npos &&
         text.find("..") == std::string_view::npos;
}

std::vector<fs::path> snapshots_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Nothing where the ref leads nowhere: `problem` then says so.
std::optional<fs::path> snapshot_of(const fs::path& entry, const fs::path& ref, std::string& problem) {
  std::string commit;
  try {
    commit = read_text_file(ref, kMaxRefBytes);
  } catch (const Error& error) {
    problem = error.what();
    return std::nullopt;
  }
  while (!commit.empty() && (commit.back() == '\n' || commit.back() == '\r' || commit.back() == ' '))
    commit.pop_back();
  // A commit is hexadecimal; whatever else is there must not lead elsewhere.
  fs::path snapshot = entry / "snapshots" / commit;
  std::error_code ignored;
  if (is_id_half(commit) && fs::is_directory(snapshot, ignored)) return snapshot;
  problem = commit.empty() ? fmt::format("{} is empty", ref.string())
                           : fmt::format("{} names the snapshot '{}', which is not there", ref.string(),
                                         printable(commit));
  return std::nullopt;
}

// Of a revision that the user named: that and nothing else.
std::optional<CacheEntry> find_revision(const fs::path& entry, const std::string& revision) {
  CacheEntry found;
  found.revision = revision;
  std::error_code ignored;
  if (const fs::path snapshot = entry / "snapshots" / revision;
      is_commit(revision) && fs::is_directory(snapshot, ignored)) {
    found.snapshots.push_back(snapshot);
    return found;
  }
  const fs::path ref = entry / "refs" / revision;
  if (!fs::is_regular_file(ref, ignored)) return std::nullopt;
  if (auto snapshot = snapshot_of(entry, ref, found.problem)) found.snapshots.push_back(std::move(*snapshot));
  return found;
}

}  // namespace

bool is_hub_id(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return is_id_half(text);
  return is_id_half(text.substr(0, slash)) && is_id_half(text.substr(slash + 1));
}

std::string cache_folder_name(std::string_view hub_id) {
  std::string folder = "models--" + std::string(hub_id);
  if (const auto slash = folder.find('/'); slash != std::string::npos) folder.replace(slash, 1, "--");
  return folder;
}

std::optional<CacheEntry> find_in_hub_cache(std::string_view hub_id, const std::string& revision) {
  if (!is_hub_id(hub_id) || (!revision.empty() && !is_revision(revision))) return std::nullopt;
  const fs::path entry = hub_cache_directory() / cache_folder_name(hub_id);
  std::error_code ignored;  // what cannot be looked into is not there
  if (!fs::is_directory(entry, ignored)) return std::nullopt;
  if (!revision.empty()) return find_revision(entry, revision);
  CacheEntry found;
  const fs::path ref = entry / "refs" / kUsualRevision;
  if (may_exist(ref)) {
    if (auto snapshot = snapshot_of(entry, ref, found.problem)) {
      found.revision = kUsualRevision;
      found.snapshots.push_back(std::move(*snapshot));
      return found;
    }
  }
  found.snapshots = snapshots_in(entry / "snapshots");
  if (found.problem.empty() && found.snapshots.size() > 1) {
    found.problem = fmt::format("{} has {} snapshots and no refs/main that says which one", entry.string(),
                                found.snapshots.size());
  }
  if (found.problem.empty() && found.snapshots.empty()) return std::nullopt;
  return found;
}

}  // namespace medbench
