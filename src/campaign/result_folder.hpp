// The folder of a run: a file a result, the plans of its runs, and the summaries of all results in it.
// Several runs may write to it at once: files of results are never overwritten, and each rewriting of the
// summaries reads all of them under a lock, so that the last one holds every row.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "job/result.hpp"

namespace medbench {

// <root>/<YYYY-MM-DD>/hardware_matrix, the day in UTC.
std::filesystem::path folder_of_today(const std::filesystem::path& root);

class ResultFolder {
 public:
  explicit ResultFolder(std::filesystem::path path) : path_(std::move(path)) {}

  // Rewrites summary.csv, summary.json and summary.md, each atomically: of all results of one configuration
  // the newest that is whole. What else is made of all results is written by `beside`, under the same lock.
  // Throws Environment.
  void rewrite_summaries(const std::function<void()>& beside = {});
  // All results in the folder that can be read, by the time they started.
  std::vector<Result> read_results();
  // The files that look like results and are none, and that there is no lock, with the reason, told once
  // each.
  std::vector<std::string> take_complaints();

  // Goes into summary.md from now on. Throws Environment.
  void record_playoff(const Json& playoff) const;

  // Writes down what this run means to measure, unless a run of the same plan did. Throws Environment.
  void record_plan(const Json& plan) const;
  // What runs meant to measure, the newest first. Throws Usage where none wrote it down.
  [[nodiscard]] std::vector<Json> plans() const;

 private:
  [[nodiscard]] std::vector<std::filesystem::path> files(
      std::span<const std::string_view> prefixes) const;  // sorted
  void read_new_files();
  [[nodiscard]] std::string render_playoffs() const;

  std::filesystem::path path_;
  std::map<std::string, Result> results_;  // by the name of the file, which never changes
  std::set<std::string> broken_;
  std::vector<std::string> complaints_;
  bool is_locked_ = true;  // while the summaries are rewritten
};

}  // namespace medbench
