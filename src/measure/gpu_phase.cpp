#include "measure/gpu_phase.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace medbench {

namespace {

// Growth of a counter; nothing where one reading lacks it or where it was reset in between.
std::optional<double> growth(const std::optional<double>& before, const std::optional<double>& after) {
  if (!before || !after || *after < *before) return std::nullopt;
  return *after - *before;
}

void accumulate(std::optional<double>& sum, const std::optional<double>& growth) {
  sum = sum && growth ? std::optional(*sum + *growth) : std::nullopt;
}

std::string limited(std::string_view by, const std::optional<double>& seconds, double wall_s) {
  if (!seconds || wall_s < kShortestCountedPhaseS) return {};
  const double share = std::min(1.0, *seconds / wall_s);  // the counter runs a little past the end
  return share <= kLimitedShare ? "" : fmt::format("{} for {:.0f} % of the time", by, share * 100);
}

std::string throttled(const GpuPhase& phase, std::optional<double> max_sm_clock_mhz) {
  std::vector<std::string> causes = device::names_of_clock_reasons(phase.clock_reasons);
  causes.push_back(limited("power", phase.power_limited_s, phase.wall_s));
  causes.push_back(limited("heat", phase.heat_limited_s, phase.wall_s));
  std::string text;
  for (const auto& cause : causes) {
    if (!cause.empty()) text.append(text.empty() ? "" : ", ").append(cause);
  }
  if (text.empty()) return {};
  text = "the card lowered its clocks: " + text;
  if (phase.after.sm_clock_mhz && max_sm_clock_mhz)
    text += fmt::format("; {:.0f} of {:.0f} MHz at the end", *phase.after.sm_clock_mhz, *max_sm_clock_mhz);
  return text;
}

std::string shared(const GpuPhase& phase) {
  if (phase.other_processes == 0) return {};
  return fmt::format("{} other process{} on the card", phase.other_processes,
                     phase.other_processes == 1 ? " is" : "es are");
}

Json optional_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json reading_json(const device::GpuReading& reading) {
  Json json;
  json["sm_clock_mhz"] = optional_json(reading.sm_clock_mhz);
  json["memory_clock_mhz"] = optional_json(reading.memory_clock_mhz);
  json["temperature_c"] = optional_json(reading.temperature_c);
  json["power_w"] = optional_json(reading.power_w);
  json["clocks_lowered_by"] =
      reading.clock_reasons ? Json(device::names_of_clock_reasons(*reading.clock_reasons)) : Json(nullptr);
  json["processes"] = reading.processes ? Json(reading.processes->size()) : Json(nullptr);
  return json;
}

}  // namespace

void GpuPhase::add(const device::GpuReading& begin, const device::GpuReading& end, double turn_s,
                   const Family& family) {
  if (wall_s == 0) before = begin;
  after = end;
  wall_s += turn_s;
  accumulate(energy_mj, growth(begin.energy_mj, end.energy_mj));
  accumulate(power_limited_s, growth(begin.power_limited_s, end.power_limited_s));
  accumulate(heat_limited_s, growth(begin.heat_limited_s, end.heat_limited_s));
  for (const auto* reading : {&begin, &end}) {
    clock_reasons |= reading->clock_reasons.value_or(0);
    if (reading->processes)
      other_processes = std::max(other_processes, count_other_processes(*reading->processes, family));
  }
}

std::size_t count_other_processes(const std::vector<unsigned>& listed, const Family& family) {
  std::set<unsigned> pids(listed.begin(), listed.end());
  if (!pids.contains(family.own)) {
    const std::size_t known = 1 + family.relatives.size();
    return pids.size() - std::min(pids.size(), known);
  }
  pids.erase(family.own);
  std::erase_if(pids, [&](unsigned pid) { return family.relatives.contains(pid); });
  return pids.size();
}

std::vector<Warning> gpu_warnings(const GpuPhase& phase, std::optional<double> max_sm_clock_mhz) {
  std::vector<Warning> warnings;
  if (std::string text = throttled(phase, max_sm_clock_mhz); !text.empty()) {
    warnings.push_back({.kind = "gpu_throttled",
                        .text = std::move(text),
                        .advice = "let the card cool, look at its power limit, and compare only rows "
                                  "measured at like clocks"});
  }
  if (std::string text = shared(phase); !text.empty())
    warnings.push_back(
        {.kind = "gpu_shared", .text = std::move(text), .advice = "measure on a card of its own"});
  return warnings;
}

void fill_gpu_metrics(Metrics& metrics, const GpuPhase& phase, std::size_t iterations) {
  constexpr std::string_view kEnergy = "gpu_energy_mj_per_iteration";
  constexpr std::string_view kPower = "gpu_power_w";
  const auto absent = [&](const std::string& reason) {
    metrics.set_absent(kEnergy, reason);
    metrics.set_absent(kPower, reason);
  };
  if (!phase.energy_mj) return absent("the card counts no energy");
  if (phase.wall_s < kShortestCountedPhaseS || iterations == 0)
    return absent(fmt::format("the measurement is shorter than {} s", kShortestCountedPhaseS));
  metrics.set(kEnergy, *phase.energy_mj / static_cast<double>(iterations));
  metrics.set(kPower, *phase.energy_mj / 1e3 / phase.wall_s);
}

Json gpu_details(const device::GpuSensors& sensors, const GpuPhase& phase) {
  Json json;
  json["name"] = sensors.name();
  json["driver"] = sensors.driver_version();
  json["power_limit_w"] = optional_json(sensors.power_limit_w());
  json["max_sm_clock_mhz"] = optional_json(sensors.max_sm_clock_mhz());
  json["before"] = reading_json(phase.before);
  json["after"] = reading_json(phase.after);
  return json;
}

}  // namespace medbench
