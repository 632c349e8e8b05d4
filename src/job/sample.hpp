// One timed iteration, and where it stands in a measurement.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "job/metrics.hpp"

namespace medbench {

struct Sample {
  double ms = 0;
  std::optional<double> device_ms = {};  // by the device's own timer
  std::uint32_t process = 0;             // restarts of the job, counted from 0, as all of these are
  std::uint32_t turn = 0;                // of the process
  std::uint32_t slot = 0;                // the batch of inputs

  friend bool operator==(const Sample&, const Sample&) = default;
};

std::vector<double> latencies_ms(std::span<const Sample> samples);
// Of those that have one.
std::vector<double> device_latencies_ms(std::span<const Sample> samples);

// Lists of one length: "samples_ms", and where they say something "device_samples_ms" (null for none),
// "sample_processes", "sample_turns" and "sample_slots".
void put_samples(Json& json, std::span<const Sample> samples);
// Those that are absent are 0. Throws Usage, naming `origin`, for what is no list of numbers or of another
// length.
std::vector<Sample> samples_from_json(const Json& json, std::string_view origin);

// Of each whole round of the batches, in order: the mean pass.
std::vector<double> round_means_ms(std::span<const Sample> samples);

// What statistics are of: single passes, or where batches differ in size, rounds of them, whose mean is that
// of a pass.
enum class Unit { Pass, Round };

// latency_ms.*, device_latency_ms.*, avg_latency_ms and num_iterations; n, min, max and mean are always of
// passes. A statistic that so few samples do not give is set absent, with the reason.
void fill_latency_metrics(Metrics& metrics, std::span<const Sample> samples, Unit unit = Unit::Pass);

}  // namespace medbench
