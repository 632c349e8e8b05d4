// One repository's folder in the cache, as the hub's own library lays it out: a blob for each content, a
// snapshot of links to them for each commit, a ref for each name of a commit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace medbench {

// What may become a name in the cache. A revision is a branch, a tag or a commit, such as "main",
// "refs/pr/1".
bool is_commit(std::string_view text);     // in full
bool is_revision(std::string_view text);   // nothing that leads elsewhere
bool is_file_name(std::string_view text);  // of a file at the top of a repository

// How the names of files end that are being written among the blobs.
inline constexpr std::string_view kIncomplete = ".incomplete";

class RepositoryCache {
 public:
  // `links`: false puts files in place of links. Nothing is created.
  RepositoryCache(std::filesystem::path cache, std::string_view hub_id, bool links);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path snapshot(const std::string& commit) const;
  [[nodiscard]] std::filesystem::path blob(const std::string& hash) const { return folder_ / "blobs" / hash; }
  // The commit that a revision was last seen at, or it itself where it is one. Nothing where no ref says so
  // or it holds no commit.
  [[nodiscard]] std::optional<std::string> commit_of(const std::string& revision) const;
  [[nodiscard]] bool is_known_absent(const std::string& commit, const std::string& name) const;

  // These throw Environment where the cache cannot be written.
  // Makes the folders that a download needs, and marks the cache as one for programs that make backups.
  void prepare(const std::string& commit) const;
  // Makes its folder. Where that cannot be, opening the file says why.
  [[nodiscard]] std::filesystem::path lock_file(const std::string& hash) const;
  // What downloads of this content that were killed have left, a day ago or longer.
  void remove_left_over(const std::string& hash) const noexcept;
  // Gives the snapshot its file: a link to the blob or, where there can be none, the file itself: the blob
  // moved there if it is new, else a copy.
  void link(const std::string& commit, const std::string& name, const std::string& hash, bool is_new) const;
  // Where it cannot be noted, it will be asked for again.
  void mark_absent(const std::string& commit, const std::string& name) const noexcept;
  void write_ref(const std::string& revision, const std::string& commit) const;

 private:
  std::filesystem::path cache_;
  std::filesystem::path folder_;
  std::filesystem::path locks_;
  bool links_;
};

}  // namespace medbench
