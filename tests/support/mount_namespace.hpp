// Programs that see other files in /proc and /sys than there are.
#pragma once

#include <filesystem>
#include <fmt/core.h>
#include <map>
#include <string>
#include <vector>

#include "tests/support/program.hpp"

namespace medbench::testing {

// The command line, with files and folders of ours in the place of others, for it and what it starts. "$$" in
// a name is the number of its process.
inline std::vector<std::string> with_mounts(const std::map<std::string, std::filesystem::path>& ours,
                                            const std::vector<std::string>& command) {
  std::string script;
  for (const auto& [place, file] : ours)
    script += fmt::format("mount --bind '{}' \"{}\" && ", file.string(), place);
  std::vector<std::string> words{"unshare", "-rm", "/bin/sh", "-c", script + "exec \"$@\"", "sh"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

// Whether this machine lets us.
inline bool can_mount(const std::map<std::string, std::filesystem::path>& ours) {
  try {
    return run_program({.argv = with_mounts(ours, {"true"}), .environment = {}}).status ==
           ExitStatus{ExitStatus::Kind::Exited, 0};
  } catch (const SpawnError&) {
    return false;
  }
}

}  // namespace medbench::testing
