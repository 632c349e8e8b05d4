#include "hub/hub.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/user_path.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestId = 96;  // of either half; the hub's own limit
constexpr std::size_t kMaxRefBytes = 256;

// Set and not empty, with ~ and variables in it replaced, as the hub's own library does it.
std::optional<fs::path> path_from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return expand_variables(expand_user(value));
}

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

// Nothing where refs/main leads nowhere: `problem` then says so.
std::optional<fs::path> snapshot_of_main(const fs::path& entry, std::string& problem) {
  const fs::path ref = entry / "refs" / "main";
  std::string revision;
  try {
    revision = read_text_file(ref, kMaxRefBytes);
  } catch (const Error& error) {
    problem = error.what();
    return std::nullopt;
  }
  while (!revision.empty() &&
         (revision.back() == '\n' || revision.back() == '\r' || revision.back() == ' ')) {
    revision.pop_back();
  }
  // A commit is hexadecimal; whatever else is there must not lead elsewhere.
  fs::path snapshot = entry / "snapshots" / revision;
  std::error_code ignored;
  if (is_id_half(revision) && fs::is_directory(snapshot, ignored)) return snapshot;
  problem = revision.empty() ? fmt::format("{} is empty", ref.string())
                             : fmt::format("{} names the snapshot '{}', which is not there", ref.string(),
                                           printable(revision));
  return std::nullopt;
}

}  // namespace

fs::path hub_cache_directory() {
  if (const auto cache = path_from_environment("HF_HUB_CACHE")) return *cache;
  if (const auto cache = path_from_environment("HUGGINGFACE_HUB_CACHE")) return *cache;
  if (const auto home = path_from_environment("HF_HOME")) return *home / "hub";
  const fs::path below = fs::path("huggingface") / "hub";
  if (const auto cache = path_from_environment("XDG_CACHE_HOME")) return *cache / below;
  return home_folder() / ".cache" / below;
}

bool is_hub_id(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return is_id_half(text);
  return is_id_half(text.substr(0, slash)) && is_id_half(text.substr(slash + 1));
}

std::optional<CacheEntry> find_in_hub_cache(std::string_view hub_id) {
  if (!is_hub_id(hub_id)) return std::nullopt;
  std::string folder = "models--" + std::string(hub_id);
  if (const auto slash = folder.find('/'); slash != std::string::npos) folder.replace(slash, 1, "--");
  const fs::path entry = hub_cache_directory() / folder;
  std::error_code ignored;  // what cannot be looked into is not there
  if (!fs::is_directory(entry, ignored)) return std::nullopt;
  CacheEntry found;
  if (may_exist(entry / "refs" / "main")) {
    if (auto snapshot = snapshot_of_main(entry, found.problem)) {
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
