#include "job/sample.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/core.h>
#include <limits>
#include <string>

#include "base/error.hpp"
#include "stats/percentile.hpp"
#include "stats/summary.hpp"

namespace medbench {

namespace {

// The lists that place a sample.
struct Place {
  const char* key;
  std::uint32_t Sample::*number;
};
constexpr Place kPlaces[]{
    {"sample_processes", &Sample::process}, {"sample_turns", &Sample::turn}, {"sample_slots", &Sample::slot}};
constexpr const char* kSamples = "samples_ms";
constexpr const char* kDeviceSamples = "device_samples_ms";

// Null where there is none.
const Json* find_list(const Json& json, const char* key, std::string_view origin) {
  const auto it = json.find(key);
  if (it == json.end()) return nullptr;
  if (!it->is_array()) throw usage_error("{}: \"{}\" must be a list of numbers", origin, key);
  return &*it;
}

const Json* find_list_of(std::size_t size, const Json& json, const char* key, std::string_view origin) {
  const Json* list = find_list(json, key, origin);
  if (list != nullptr && list->size() != size)
    throw usage_error("{}: \"{}\" holds {} numbers for {} samples", origin, key, list->size(), size);
  return list;
}

double number_in(const Json& list, std::size_t i, const char* key, std::string_view origin) {
  if (!list[i].is_number()) throw usage_error("{}: \"{}\" must be a list of numbers", origin, key);
  return list[i].get<double>();
}

void set(Metrics& metrics, std::string_view key, const std::optional<double>& value, std::int64_t needed,
         std::string_view what = "samples") {
  if (value) {
    metrics.set(key, *value);
  } else {
    metrics.set_absent(key, fmt::format("needs at least {} {}", needed, what));
  }
}

void fill_device_metrics(Metrics& metrics, std::span<const Sample> samples) {
  const Summary summary = summarize(device_latencies_ms(samples));
  if (summary.n == 0) return;  // no timer of its own: no rows
  metrics.set("device_latency_ms.min", *summary.min);
  metrics.set("device_latency_ms.p50", *summary.median);
  metrics.set("device_latency_ms.mean", *summary.mean);
  metrics.set("device_latency_ms.max", *summary.max);
}

}  // namespace

std::vector<double> latencies_ms(std::span<const Sample> samples) {
  std::vector<double> times;
  times.reserve(samples.size());
  for (const Sample& sample : samples) times.push_back(sample.ms);
  return times;
}

std::vector<double> device_latencies_ms(std::span<const Sample> samples) {
  std::vector<double> times;
  for (const Sample& sample : samples) {
    if (sample.device_ms) times.push_back(*sample.device_ms);
  }
  return times;
}

void put_samples(Json& json, std::span<const Sample> samples) {
  json[kSamples] = latencies_ms(samples);
  const auto has_device = [](const Sample& sample) { return sample.device_ms.has_value(); };
  if (std::ranges::any_of(samples, has_device)) {
    Json& times = json[kDeviceSamples] = Json::array();
    for (const Sample& sample : samples) times.push_back(sample.device_ms ? Json(*sample.device_ms) : Json());
  }
  for (const Place& place : kPlaces) {
    if (std::ranges::all_of(samples, [&](const Sample& sample) { return sample.*place.number == 0; }))
      continue;
    Json& numbers = json[place.key] = Json::array();
    for (const Sample& sample : samples) numbers.push_back(sample.*place.number);
  }
}

std::vector<Sample> samples_from_json(const Json& json, std::string_view origin) {
  const Json* list = find_list(json, kSamples, origin);
  std::vector<Sample> samples(list == nullptr ? 0 : list->size());
  const Json* device = find_list_of(samples.size(), json, kDeviceSamples, origin);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].ms = number_in(*list, i, kSamples, origin);
    if (device != nullptr && !(*device)[i].is_null())
      samples[i].device_ms = number_in(*device, i, kDeviceSamples, origin);
  }
  for (const Place& place : kPlaces) {
    const Json* numbers = find_list_of(samples.size(), json, place.key, origin);
    for (std::size_t i = 0; numbers != nullptr && i < samples.size(); ++i) {
      const double number = number_in(*numbers, i, place.key, origin);
      if (!(number >= 0 && number <= std::numeric_limits<std::uint32_t>::max()))
        throw usage_error("{}: \"{}\" holds {}, which is no position", origin, place.key, number);
      samples[i].*place.number = static_cast<std::uint32_t>(number);
    }
  }
  return samples;
}

std::vector<double> round_means_ms(std::span<const Sample> samples) {
  std::uint32_t slots = 0;
  for (const Sample& sample : samples) slots = std::max(slots, sample.slot + 1);
  std::vector<double> means;
  std::size_t begin = 0;  // of the round
  double sum = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].process != samples[begin].process) {  // what the process before left is no round
      begin = i;
      sum = 0;
    }
    sum += samples[i].ms;
    if (i + 1 - begin < slots) continue;
    means.push_back(sum / slots);
    begin = i + 1;
    sum = 0;
    if (begin == samples.size()) break;
  }
  return means;
}

void fill_latency_metrics(Metrics& metrics, std::span<const Sample> samples, Unit unit) {
  const Summary passes = summarize(latencies_ms(samples));
  const Summary summary = unit == Unit::Pass ? passes : summarize(round_means_ms(samples));
  const std::string_view what = unit == Unit::Pass ? "samples" : "rounds of the batches";
  set(metrics, "avg_latency_ms", passes.mean, 1);
  set(metrics, "latency_ms.min", passes.min, 1);
  set(metrics, "latency_ms.p50", summary.median, 1, what);
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    set(metrics, fmt::format("latency_ms.{}", kPercentiles[i].name), summary.percentiles[i],
        min_samples_for_percentile(kPercentiles[i].p), what);
  }
  set(metrics, "latency_ms.max", passes.max, 1);
  set(metrics, "latency_ms.mean", passes.mean, 1);
  set(metrics, "latency_ms.stdev", summary.stdev, 2, what);
  const auto& ci = summary.ci95;
  const std::string independent = fmt::format("independent {}", what);
  set(metrics, "latency_ms.ci95_low", ci ? std::optional(ci->low) : std::nullopt, 6, independent);
  set(metrics, "latency_ms.ci95_high", ci ? std::optional(ci->high) : std::nullopt, 6, independent);
  if (summary.lag1) metrics.set("latency_ms.lag1", *summary.lag1);
  metrics.set("latency_ms.effective_n", summary.effective);
  set(metrics, "latency_ms.mad", summary.mad, 1, what);
  metrics.set("latency_ms.n", static_cast<double>(passes.n));
  metrics.set("latency_ms.outliers", static_cast<double>(summary.outliers));
  fill_device_metrics(metrics, samples);
  metrics.set("num_iterations", static_cast<double>(passes.n));
}

}  // namespace medbench
