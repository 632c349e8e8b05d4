// The folder of results: one file a job, whole or not there, and none ever overwritten.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "job/result.hpp"

namespace medbench {

// `name` made safe as a part of a file name: a path gives its last folder, a hub id "org/name" gives
// "org-name".
std::string file_name_part(std::string_view name);

class ResultStore {
 public:
  // `command` starts every file's name. Creates the folder when missing; throws Usage when nothing can be
  // written there.
  ResultStore(std::filesystem::path directory, std::string command);

  // Writes `<command>_<model>_<backend>_b<batch>_s<seq>_<precision>_<device>_<UTC>.json`, with "-2" and so on
  // where the name is taken, and returns the path. Several programs may share the folder. Throws Environment
  // (disk full
  // ...), leaving nothing behind.
  std::filesystem::path save(const Result& result) const;

 private:
  std::filesystem::path directory_;
  std::string command_;
};

}  // namespace medbench
