#include "machine/affinity.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <fstream>
#include <map>
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
  static const std::set<int> kAtFirst = allowed_cpus();
  std::vector<std::pair<int, std::int64_t>> cores;
  for (const int cpu : kAtFirst) cores.emplace_back(cpu, core_of(cpu));
  // Where it is not allowed, the row shows how many processors it used.
  set_allowed_cpus(
      choose_processors(std::move(cores), static_cast<std::size_t>(std::max<std::int64_t>(count, 1))));
}

}  // namespace medbench
