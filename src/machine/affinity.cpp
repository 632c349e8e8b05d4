#include "machine/affinity.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <fstream>
#include <map>
#include <sched.h>
#include <string>

#include "machine/cpu_limits.hpp"

namespace medbench {

namespace {

// Package and core in one number; the processor's own where the kernel does not tell.
std::int64_t core_of(int cpu) {
  const auto read = [cpu](const char* what) {
    std::ifstream file(fmt::format("/sys/devices/system/cpu/cpu{}/topology/{}", cpu, what));
    std::int64_t number = -1;
    return file >> number ? number : -1;
  };
  constexpr std::int64_t kMostCores = std::int64_t{1} << 32;
  const std::int64_t core = read("core_id");
  return core < 0 ? cpu : read("physical_package_id") * kMostCores + core;
}

}  // namespace

std::set<int> choose_processors(std::vector<std::pair<int, std::int64_t>> cores, std::size_t count) {
  std::map<std::int64_t, int> taken;        // by core
  std::vector<std::pair<int, int>> ranked;  // how many share its core before it, and the processor
  for (const auto& [cpu, core] : cores) ranked.emplace_back(taken[core]++, cpu);
  std::ranges::sort(ranked);
  std::set<int> chosen;
  for (const auto& [rank, cpu] : ranked) {
    if (chosen.size() < count) chosen.insert(cpu);
  }
  return chosen;
}

void run_on(std::int64_t count) {
  static const std::set<int> kAtStart = allowed_cpus();
  std::vector<std::pair<int, std::int64_t>> cores;
  for (const int cpu : kAtStart) cores.emplace_back(cpu, core_of(cpu));
  cpu_set_t mask;
  CPU_ZERO(&mask);
  for (const int cpu :
       choose_processors(std::move(cores), static_cast<std::size_t>(std::max<std::int64_t>(count, 1)))) {
    if (cpu < CPU_SETSIZE) CPU_SET(static_cast<std::size_t>(cpu), &mask);
  }
  // Where it is not allowed, the row shows how many processors it used.
  if (CPU_COUNT(&mask) > 0) ::sched_setaffinity(0, sizeof(mask), &mask);
}

}  // namespace medbench
