// A lock that processes share through a file.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "base/descriptor.hpp"

namespace medbench {

// Held from the constructor on, and released when it goes or its process ends. Where it cannot be had (a file
// system without locks, a folder that cannot be written, a holder that was stopped) there is a problem, and
// the work goes on without it: what it guards must be right without it, too.
class FileLock {
 public:
  // Creates the file, which stays. `goes_on` is asked again and again while another process holds the lock,
  // with the time since the first try; false gives up.
  FileLock(const std::filesystem::path& file, const std::function<bool(std::chrono::milliseconds)>& goes_on);

  // Why it is not held; empty where it is.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::string take(const std::filesystem::path& file,
                   const std::function<bool(std::chrono::milliseconds)>& goes_on);

  UniqueFd fd_;  // closing it releases the lock
  std::string problem_;
};

}  // namespace medbench
