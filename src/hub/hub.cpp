#include "hub/hub.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestId = 96;  // of either half; the hub's own limit
constexpr std::size_t kMaxRefBytes = 256;

// Set and not empty, with a leading ~ replaced, as the hub's own library does it.
std::optional<fs::path> path_from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  const std::string_view text(value);
  const char* home = std::getenv("HOME");
  if (home == nullptr || (text != "~" && !text.starts_with("~/"))) return fs::path(text);
  return fs::path(home) / text.substr(std::min<std::size_t>(2, text.size()));
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

fs::path only_snapshot(const fs::path& snapshots) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(snapshots, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) found.push_back(entry->path());
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) return {};
  throw usage_error(
      "{}: {} snapshots and no refs/main that says which one; give --model the folder of one of them",
      snapshots.string(), found.size());
}

fs::path snapshot_of_main(const fs::path& entry) {
  const fs::path ref = entry / "refs" / "main";
  std::string revision = read_text_file(ref, kMaxRefBytes);
  while (!revision.empty() &&
         (revision.back() == '\n' || revision.back() == '\r' || revision.back() == ' ')) {
    revision.pop_back();
  }
  // A commit is hexadecimal; whatever else is there must not lead elsewhere.
  fs::path snapshot = entry / "snapshots" / revision;
  std::error_code ignored;
  if (!is_id_half(revision) || !fs::is_directory(snapshot, ignored)) {
    throw usage_error(
        "{}: it names the snapshot '{}', which is not there; download the model again, or give --model a "
        "folder",
        ref.string(), printable(revision));
  }
  return snapshot;
}

}  // namespace

fs::path hub_cache_directory() {
  if (const auto cache = path_from_environment("HF_HUB_CACHE")) return *cache;
  if (const auto home = path_from_environment("HF_HOME")) return *home / "hub";
  const fs::path below = fs::path("huggingface") / "hub";
  if (const auto cache = path_from_environment("XDG_CACHE_HOME")) return *cache / below;
  return path_from_environment("HOME").value_or("/") / ".cache" / below;
}

bool is_hub_id(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return is_id_half(text);
  return is_id_half(text.substr(0, slash)) && is_id_half(text.substr(slash + 1));
}

std::optional<fs::path> find_in_hub_cache(std::string_view hub_id) {
  if (!is_hub_id(hub_id)) return std::nullopt;
  std::string folder = "models--" + std::string(hub_id);
  if (const auto slash = folder.find('/'); slash != std::string::npos) folder.replace(slash, 1, "--");
  const fs::path entry = hub_cache_directory() / folder;
  std::error_code ignored;  // what cannot be looked into is not there
  if (!fs::is_directory(entry, ignored)) return std::nullopt;
  fs::path snapshot = fs::exists(entry / "refs" / "main", ignored) ? snapshot_of_main(entry)
                                                                   : only_snapshot(entry / "snapshots");
  if (snapshot.empty()) return std::nullopt;
  return snapshot;
}

}  // namespace medbench
