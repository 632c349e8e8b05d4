#include "hub/repository_cache.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "hub/cache.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRevisionBytes = 200;
constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxRefBytes = 256;
constexpr std::string_view kCacheTag =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# Models that were downloaded from a hub; they can be downloaded again.\n"
    "# About this file: https://bford.info/cachedir/\n";

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    throw environment_error("cannot make the folder {}: {}", folder.string(),
                            error ? error.message() : "something else is there");
  }
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

// Beside the place that it is for, so that renaming it is enough.
fs::path temporary_beside(const fs::path& file) {
  return file.parent_path() / fmt::format(".{}.{}.tmp", file.filename().string(), ::getpid());
}

// Empty, or why not.
std::error_code put_in_place(const fs::path& temporary, const fs::path& file) {
  std::error_code error;
  fs::rename(temporary, file, error);
  std::error_code ignored;
  if (error) fs::remove(temporary, ignored);
  return error;
}

}  // namespace

bool is_commit(std::string_view text) {
  constexpr std::size_t kDigits = 40;
  return text.size() == kDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_revision(std::string_view text) {
  constexpr std::string_view kForbidden = "~^:?*[\\\"'<>|&;$`{}()!#%";
  const bool is_plain = std::ranges::all_of(
      text, [&](char c) { return c > ' ' && c < '\x7f' && kForbidden.find(c) == std::string_view::npos; });
  if (text.empty() || text.size() > kMaxRevisionBytes || !is_plain) return false;
  const bool bad_edge =
      text.front() == '/' || text.back() == '/' || text.front() == '-' || text.back() == '.';
  return !bad_edge && text.front() != '.' && text.find("//") == std::string_view::npos &&
         text.find("..") == std::string_view::npos && text.find("/.") == std::string_view::npos;
}

bool is_file_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && text.front() != '.' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_' || c == '.';
         });
}

RepositoryCache::RepositoryCache(fs::path cache, std::string_view hub_id, bool links)
    : cache_(std::move(cache)), links_(links) {
  const std::string name = cache_folder_name(hub_id);
  folder_ = cache_ / name;
  locks_ = cache_ / ".locks" / name;
}

fs::path RepositoryCache::snapshot(const std::string& commit) const {
  return folder_ / "snapshots" / commit;
}

std::optional<std::string> RepositoryCache::commit_of(const std::string& revision) const {
  if (is_commit(revision)) return revision;
  const fs::path ref = folder_ / "refs" / revision;
  if (!is_there(ref)) return std::nullopt;
  try {
    std::string commit = read_text_file(ref, kMaxRefBytes);
    while (!commit.empty() && (commit.back() == '\n' || commit.back() == '\r' || commit.back() == ' '))
      commit.pop_back();
    if (is_commit(commit)) return commit;
  } catch (const Error&) {
    return std::nullopt;  // one that cannot be read is as good as none
  }
  return std::nullopt;
}

bool RepositoryCache::is_known_absent(const std::string& commit, const std::string& name) const {
  return is_there(folder_ / ".no_exist" / commit / name);
}

void RepositoryCache::prepare(const std::string& commit) const {
  make_folder(folder_ / "blobs");
  make_folder(snapshot(commit));
  try {
    if (!may_exist(cache_ / "CACHEDIR.TAG")) replace_file(cache_ / "CACHEDIR.TAG", kCacheTag);
  } catch (const Error&) {
    return;  // a cache without it is one, too
  }
}

fs::path RepositoryCache::lock_file(const std::string& hash) const {
  std::error_code ignored;
  fs::create_directories(locks_, ignored);
  return locks_ / (hash + ".lock");
}

void RepositoryCache::remove_left_over(const std::string& hash) const noexcept {
  constexpr std::chrono::hours kNobodyWrites{24};
  std::error_code error;
  fs::directory_iterator entry(folder_ / "blobs", error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(hash + ".") || !name.ends_with(kIncomplete)) continue;
    std::error_code ignored;
    const auto written = fs::last_write_time(entry->path(), ignored);
    if (!ignored && fs::file_time_type::clock::now() - written > kNobodyWrites)
      fs::remove(entry->path(), ignored);
  }
}

void RepositoryCache::link(const std::string& commit, const std::string& name, const std::string& hash,
                           bool is_new) const {
  const fs::path file = snapshot(commit) / name;
  const fs::path temporary = temporary_beside(file);
  std::error_code error;
  fs::remove(temporary, error);
  if (links_) {
    fs::create_symlink(fs::path("..") / ".." / "blobs" / hash, temporary, error);
    if (!error) error = put_in_place(temporary, file);
    if (!error) return;
  }
  if (is_new) {
    error = put_in_place(blob(hash), file);
  } else {
    fs::copy_file(blob(hash), temporary, fs::copy_options::overwrite_existing, error);
    if (!error) error = put_in_place(temporary, file);
  }
  std::error_code ignored;
  fs::remove(temporary, ignored);
  if (error) throw environment_error("cannot write {}: {}", file.string(), error.message());
}

void RepositoryCache::mark_absent(const std::string& commit, const std::string& name) const noexcept {
  try {
    const fs::path mark = folder_ / ".no_exist" / commit / name;
    if (is_there(mark)) return;
    make_folder(mark.parent_path());
    replace_file(mark, "");
  } catch (const std::exception&) {
    return;
  }
}

void RepositoryCache::write_ref(const std::string& revision, const std::string& commit) const {
  if (revision == commit) return;
  const fs::path ref = folder_ / "refs" / revision;
  if (commit_of(revision) == commit) return;
  make_folder(ref.parent_path());
  replace_file(ref, commit);
}

}  // namespace medbench
