#include "runner/oom.hpp"

#include <charconv>
#include <fstream>
#include <string>
#include <string_view>

namespace medbench {

namespace {

std::optional<std::int64_t> read_oom_kill(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string line;
  constexpr std::string_view kKey = "oom_kill ";
  while (std::getline(stream, line)) {
    if (!line.starts_with(kKey)) continue;
    std::int64_t count = 0;
    const char* end = line.data() + line.size();
    if (std::from_chars(line.data() + kKey.size(), end, count).ec == std::errc()) return count;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> oom_kill_count(const std::filesystem::path& membership,
                                           const std::filesystem::path& root) {
  std::ifstream stream(membership);
  std::string line;
  // "hierarchy:controllers:/path"; the unified hierarchy names no controllers.
  while (std::getline(stream, line)) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(":/", first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 2);
    std::optional<std::int64_t> count;
    if (controllers.empty()) count = read_oom_kill(root / path / "memory.events");
    if (controllers == "memory") count = read_oom_kill(root / "memory" / path / "memory.oom_control");
    if (count) return count;
  }
  return std::nullopt;
}

}  // namespace medbench
