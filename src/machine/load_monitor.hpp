// What else the machine did while a phase was measured: counters of the kernel before and after, and their
// difference.
#pragma once

#include <cstdint>
#include <set>
#include <string_view>

#include "base/clock.hpp"

namespace medbench {

// Time of the processors since boot, in seconds.
struct CpuTimes {
  double busy_s = 0;    // user, nice, system and interrupts; not waiting for I/O
  double stolen_s = 0;  // wanted, but given to another guest by the hypervisor
  int cpus = 0;         // that were counted
};

// Sums the lines cpuN of /proc/stat over the processors in `allowed`, or over all where that is empty.
CpuTimes parse_cpu_times(std::string_view stat, const std::set<int>& allowed, double ticks_per_second);

// How often and (in seconds) how long the control group was stopped for having used up its quota: cpu.stat of
// cgroup v2 (throttled_usec) or v1 (throttled_time, nanoseconds).
struct Throttling {
  std::int64_t count = 0;
  double seconds = 0;
};
Throttling parse_throttling(std::string_view cpu_stat);

struct LoadSnapshot {
  std::chrono::nanoseconds at{0};
  CpuTimes cpus;
  double own_s = 0;                       // processor time of this process, all threads
  std::int64_t involuntary_switches = 0;  // of this process, all threads
  Throttling throttling;
};

// `allowed` is the affinity mask that the process was started with: a runtime may pin its threads later,
// which changes what allowed_cpus() says.
LoadSnapshot take_load_snapshot(Clock& clock, const std::set<int>& allowed);

// Of the phase between two snapshots. Shares are of the time that all allowed processors offered; figures
// that the kernel does not give are 0.
struct LoadReport {
  double wall_s = 0;
  int cpus = 0;
  double other_s = 0;  // processor time of other processes
  double other_share = 0;
  double stolen_share = 0;
  double own_cpus = 0;        // processors that this process kept busy on average
  double switches_per_s = 0;  // involuntary
  Throttling throttling{};
};

LoadReport compare_load(const LoadSnapshot& before, const LoadSnapshot& after);

// Of two phases, without what lay between them.
LoadReport add_load(const LoadReport& first, const LoadReport& second);

}  // namespace medbench
