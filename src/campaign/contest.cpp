#include "campaign/contest.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "job/restarts.hpp"
#include "runner/heat.hpp"
#include "runner/interrupt.hpp"
#include "stats/moments.hpp"
#include "stats/pairs.hpp"

namespace medbench {

namespace {

constexpr double kRoomForNext = 1.25;  // the next engine may be larger than the last

std::map<std::uint32_t, double> turn_medians(std::span<const Sample> samples) {
  std::map<std::uint32_t, std::vector<double>> turns;
  for (const Sample& sample : samples) turns[sample.turn].push_back(sample.ms);
  std::map<std::uint32_t, double> medians;
  for (const auto& [turn, times] : turns) medians[turn] = *median(times);
  return medians;
}

std::vector<Sample> samples_of_process(const Result& result, std::uint32_t process) {
  std::vector<Sample> samples;
  for (const Sample& sample : result.samples) {
    if (sample.process == process) samples.push_back(sample);
  }
  return samples;
}

}  // namespace

std::optional<double> log_ratio_of_turns(std::span<const Sample> candidate,
                                         std::span<const Sample> baseline) {
  const auto ours = turn_medians(candidate);
  const auto theirs = turn_medians(baseline);
  std::vector<double> candidate_medians;
  std::vector<double> baseline_medians;
  for (const auto& [turn, ms] : ours) {
    const auto other = theirs.find(turn);
    if (other == theirs.end()) continue;
    candidate_medians.push_back(ms);
    baseline_medians.push_back(other->second);
  }
  return pair_log_ratio(candidate_medians, baseline_medians);
}

Contest::Contest(std::vector<Entrant> entrants, RunObserver& observer)
    : entrants_(std::move(entrants)), observer_(observer), results_(entrants_.size()) {
  for (Entrant& entrant : entrants_) {
    entrant.job.protocol.restarts = 1;
    took_turns_ = took_turns_ && entrant.job.protocol.turn.has_value();
  }
}

bool Contest::run_round() {
  std::vector<std::size_t> all(entrants_.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return run_round(all);
}

bool Contest::run_round(const std::vector<std::size_t>& numbers) {
  processes_.emplace_back(entrants_.size());
  std::vector<std::size_t> order = numbers;
  if (rounds_ % 2 == 1) std::ranges::reverse(order);
  ++rounds_;
  if (took_turns_) {
    run_together(order);
  } else {
    run_in_sequence(order);
  }
  return !interrupted() && failure() == nullptr;
}

void Contest::run_together(const std::vector<std::size_t>& numbers) {
  Heat heat(observer_, entrants_.size(),
            [this](std::size_t number, Result result) { take(number, std::move(result)); });
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (interrupted() || failure() != nullptr) break;
    if (i > 0 && !has_room(heat.largest_resident_mb())) {
      // Both do not fit into memory: from now on one after the other.
      took_turns_ = false;
      heat.run();
      run_in_sequence({numbers.begin() + static_cast<std::ptrdiff_t>(i), numbers.end()});
      return;
    }
    const Entrant& entrant = entrants_[numbers[i]];
    heat.start(entrant.job, entrant.worker, numbers[i]);
  }
  heat.run();
}

void Contest::run_in_sequence(const std::vector<std::size_t>& numbers) {
  for (const std::size_t number : numbers) {
    if (interrupted() || failure() != nullptr) return;
    Heat heat(observer_, entrants_.size(),
              [this](std::size_t who, Result result) { take(who, std::move(result)); });
    heat.start(entrants_[number].job, entrants_[number].worker, number);
    heat.run();
  }
}

bool Contest::has_room(double resident_mb) const {
  const auto& available = entrants_.front().worker.parking.available_mb;
  return !available || available() > kRoomForNext * resident_mb;
}

void Contest::take(std::size_t number, Result result) {
  std::optional<Result>& whole = results_[number];
  const bool has_samples = !result.samples.empty();
  if (whole) {
    add_process(*whole, std::move(result));
  } else {
    whole = std::move(result);
  }
  if (has_samples) processes_.back()[number] = whole->samples.back().process;
}

const Result* Contest::failure() const {
  for (const auto& result : results_) {
    if (result && result->status != Status::Ok) return &*result;
  }
  return nullptr;
}

std::vector<double> Contest::log_ratios(std::size_t candidate, std::size_t baseline) const {
  std::vector<double> ratios;
  for (const auto& round : processes_) {
    if (!round[candidate] || !round[baseline]) continue;
    const auto ours = samples_of_process(*results_[candidate], *round[candidate]);
    const auto theirs = samples_of_process(*results_[baseline], *round[baseline]);
    if (took_turns_) {
      if (const auto ratio = log_ratio_of_turns(ours, theirs)) ratios.push_back(*ratio);
      continue;
    }
    const double ms = median(latencies_ms(ours)).value_or(0);
    const double other_ms = median(latencies_ms(theirs)).value_or(0);
    if (ms > 0 && other_ms > 0) ratios.push_back(std::log(ms / other_ms));
  }
  return ratios;
}

}  // namespace medbench
