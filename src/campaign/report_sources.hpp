// The results that a page is made of: from files and folders, several days or machines.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "report/page/page_input.hpp"

namespace medbench {

class ReportSources {
 public:
  // Files of results, one or a list in each, and folders, in which and below which every file named *.json is
  // read but those that hold something else that medbench wrote. Throws Usage where a path is not there.
  explicit ReportSources(std::vector<std::filesystem::path> paths);

  // Reads what was not read before. What cannot be read is left out, with the reason.
  void read();

  // Of each configuration on each machine the newest result that is whole. `command` makes the command that
  // measures a result again.
  using CommandOf = std::function<std::string(const Result&)>;
  // The results are copied, so that what comes later can be added to them.
  [[nodiscard]] PageInput input(const CommandOf& command) const;
  // Nothing is left here.
  [[nodiscard]] PageInput take(const CommandOf& command);

 private:
  void read_path(const std::filesystem::path& path);
  void read_folder(const std::filesystem::path& folder);
  void read_file(const std::filesystem::path& file);
  void leave_out(const std::filesystem::path& file, const std::string& reason);

  struct Stored;
  [[nodiscard]] PageInput choose(std::vector<Stored> all, const CommandOf& command) const;

  struct Stored {
    Result result;
    std::string file;
    bool is_old_schema;
  };
  std::vector<std::filesystem::path> paths_;
  std::set<std::string> seen_;  // files, by their canonical paths
  std::vector<Stored> stored_;
  std::vector<PlayoffRecord> playoffs_;
  std::map<std::string, std::string> left_out_;  // by file: why
};

}  // namespace medbench
