#include "machine/load_monitor.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#include "machine/cpu_limits.hpp"
#include "machine/proc_file.hpp"

namespace medbench {

namespace {

// Columns of a cpu line behind its name; guest time is already in user time.
enum Column : std::size_t { User, Nice, System, Idle, IoWait, Irq, SoftIrq, Steal, ColumnCount };

double to_seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double share_of(double part, double whole) {
  return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0.0;
}

}  // namespace

CpuTimes parse_cpu_times(std::string_view stat, const std::set<int>& allowed, double ticks_per_second) {
  CpuTimes times;
  if (!(ticks_per_second > 0)) return times;
  for (const std::string_view line : split_lines(stat)) {
    const auto words = split_words(line);
    if (words.size() <= ColumnCount - 1 || !words[0].starts_with("cpu")) continue;
    const auto cpu = parse_number(words[0].substr(3));
    if (!cpu || (!allowed.empty() && !allowed.contains(static_cast<int>(*cpu)))) continue;
    std::array<double, ColumnCount> ticks{};
    // Old kernels end before the stolen time.
    for (std::size_t i = 0; i < ColumnCount && i + 1 < words.size(); ++i) {
      ticks[i] = static_cast<double>(parse_number(words[i + 1]).value_or(0));
    }
    times.busy_s +=
        (ticks[User] + ticks[Nice] + ticks[System] + ticks[Irq] + ticks[SoftIrq]) / ticks_per_second;
    times.stolen_s += ticks[Steal] / ticks_per_second;
    ++times.cpus;
  }
  return times;
}

Throttling parse_throttling(std::string_view cpu_stat) {
  const auto number = [&](std::string_view key) {
    const auto field = find_field(cpu_stat, key, ' ');
    return field ? parse_number(*field) : std::nullopt;
  };
  Throttling throttling;
  throttling.count = number("nr_throttled").value_or(0);
  if (const auto microseconds = number("throttled_usec")) {
    throttling.seconds = static_cast<double>(*microseconds) / 1e6;
  } else if (const auto nanoseconds = number("throttled_time")) {
    throttling.seconds = static_cast<double>(*nanoseconds) / 1e9;
  }
  return throttling;
}

LoadSnapshot take_load_snapshot(Clock& clock, const std::set<int>& allowed) {
  LoadSnapshot snapshot;
  snapshot.cpus =
      parse_cpu_times(read_proc_file("/proc/stat"), allowed, static_cast<double>(sysconf(_SC_CLK_TCK)));
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    snapshot.own_s = to_seconds(usage.ru_utime) + to_seconds(usage.ru_stime);
    snapshot.involuntary_switches = usage.ru_nivcsw;
  }
  snapshot.throttling = parse_throttling(read_cgroup_file("cpu", "cpu.stat"));
  snapshot.at = clock.now();
  return snapshot;
}

LoadReport compare_load(const LoadSnapshot& before, const LoadSnapshot& after) {
  LoadReport report;
  report.wall_s = std::max(0.0, std::chrono::duration<double>(after.at - before.at).count());
  report.cpus = std::min(before.cpus.cpus, after.cpus.cpus);
  const double offered_s = report.wall_s * report.cpus;
  const double own_s = std::max(0.0, after.own_s - before.own_s);
  if (report.cpus > 0) {
    report.other_s = std::max(0.0, after.cpus.busy_s - before.cpus.busy_s - own_s);
    report.other_share = share_of(report.other_s, offered_s);
    report.stolen_share = share_of(after.cpus.stolen_s - before.cpus.stolen_s, offered_s);
  }
  if (report.wall_s > 0) {
    report.own_cpus = own_s / report.wall_s;
    report.switches_per_s =
        static_cast<double>(after.involuntary_switches - before.involuntary_switches) / report.wall_s;
  }
  report.throttling.count = after.throttling.count - before.throttling.count;
  report.throttling.seconds = after.throttling.seconds - before.throttling.seconds;
  return report;
}

LoadReport add_load(const LoadReport& first, const LoadReport& second) {
  LoadReport sum;
  sum.wall_s = first.wall_s + second.wall_s;
  sum.cpus = std::min(first.cpus, second.cpus);
  sum.other_s = first.other_s + second.other_s;
  const auto mean = [&](double one, double other) {
    return sum.wall_s > 0 ? (one * first.wall_s + other * second.wall_s) / sum.wall_s : 0;
  };
  sum.other_share = mean(first.other_share, second.other_share);
  sum.stolen_share = mean(first.stolen_share, second.stolen_share);
  sum.own_cpus = mean(first.own_cpus, second.own_cpus);
  sum.switches_per_s = mean(first.switches_per_s, second.switches_per_s);
  sum.throttling = {.count = first.throttling.count + second.throttling.count,
                    .seconds = first.throttling.seconds + second.throttling.seconds};
  return sum;
}

}  // namespace medbench
