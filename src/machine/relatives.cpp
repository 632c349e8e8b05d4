#include "machine/relatives.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <unistd.h>

#include "machine/proc_file.hpp"

namespace medbench {

namespace {

namespace fs = std::filesystem;

std::optional<unsigned> to_pid(std::optional<std::int64_t> number) {
  return number && *number > 0 ? std::optional(static_cast<unsigned>(*number)) : std::nullopt;
}

using Parents = std::map<unsigned, unsigned>;

Parents read_parents(const fs::path& proc) {
  constexpr std::size_t kParent = 4;  // field of stat
  Parents parents;
  std::error_code error;
  for (fs::directory_iterator it(proc, error), end; !error && it != end; it.increment(error)) {
    const auto pid = to_pid(parse_number(it->path().filename().string()));
    if (!pid) continue;
    const auto parent = to_pid(stat_field(read_proc_file(it->path() / "stat"), kParent));
    if (parent) parents[*pid] = *parent;
  }
  return parents;
}

// From the process itself up; those that end meanwhile cannot make it go round in circles.
std::set<unsigned> line_of(unsigned pid, const Parents& parents) {
  std::set<unsigned> line;
  while (line.insert(pid).second) {
    const auto found = parents.find(pid);
    if (found == parents.end()) break;
    pid = found->second;
  }
  return line;
}

// "/dev/nvidia0", not "/dev/nvidiactl".
bool is_card(std::string_view path) {
  constexpr std::string_view kCard = "/dev/nvidia";
  return path.starts_with(kCard) && path.size() > kCard.size() &&
         std::isdigit(static_cast<unsigned char>(path[kCard.size()])) != 0;
}

bool may_hold_card(const fs::path& process) {
  std::error_code error;
  fs::directory_iterator it(process / "fd", error);
  if (error) return true;
  for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (is_card(fs::read_symlink(it->path(), ignored).string())) return true;
  }
  return false;
}

}  // namespace

std::set<unsigned> relatives_with_card(unsigned runner, unsigned own, const fs::path& proc) {
  const Parents parents = read_parents(proc);
  const std::set<unsigned> own_line = line_of(own, parents);
  std::set<unsigned> relatives;
  if (!own_line.contains(runner)) return relatives;
  for (const auto& [pid, parent] : parents) {
    if (own_line.contains(pid) || !line_of(pid, parents).contains(runner)) continue;
    if (may_hold_card(proc / std::to_string(pid))) relatives.insert(pid);
  }
  return relatives;
}

std::set<unsigned> relatives_with_card() {
  const char* const text = std::getenv(std::string(kRunnerVariable).c_str());
  const auto runner = to_pid(parse_number(text == nullptr ? "" : text));
  if (!runner) return {};
  return relatives_with_card(*runner, static_cast<unsigned>(::getpid()));
}

}  // namespace medbench
