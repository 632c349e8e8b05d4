#include "campaign/contest.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "job/restarts.hpp"
#include "runner/heat.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

std::optional<double> log_ratio_of_processes(std::span<const Sample> candidate,
                                             std::span<const Sample> baseline) {
  const auto ours = process_medians_ms(candidate);
  const auto theirs = process_medians_ms(baseline);
  if (ours.empty() || theirs.empty() || !(ours.front() > 0) || !(theirs.front() > 0)) return std::nullopt;
  return std::log(ours.front() / theirs.front());
}

}  // namespace

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
  samples_.emplace_back(entrants_.size());
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
    const Entrant& entrant = entrants_[numbers[i]];
    if (i > 0 && !heat.has_room(entrant.worker.parking)) took_turns_ = false;
    if (took_turns_) took_turns_ = heat.start(entrant.job, entrant.worker, numbers[i]);
    if (!took_turns_) {
      // Both do not fit into memory, or the launcher has one place: from now on one after the other.
      heat.run();
      run_in_sequence({numbers.begin() + static_cast<std::ptrdiff_t>(i), numbers.end()});
      return;
    }
  }
  heat.run();
}

void Contest::run_in_sequence(const std::vector<std::size_t>& numbers) {
  for (const std::size_t number : numbers) {
    if (interrupted() || failure() != nullptr) return;
    Heat heat(observer_, entrants_.size(),
              [this](std::size_t who, Result result) { take(who, std::move(result)); });
    static_cast<void>(heat.start(entrants_[number].job, entrants_[number].worker, number));  // alone
    heat.run();
  }
}

void Contest::take(std::size_t number, Result result) {
  samples_.back()[number] = result.samples;
  std::optional<Result>& whole = results_[number];
  if (whole) {
    add_process(*whole, std::move(result));
  } else {
    whole = std::move(result);
  }
}

const Result* Contest::failure() const {
  for (const auto& result : results_) {
    if (result && result->status != Status::Ok) return &*result;
  }
  return nullptr;
}

std::vector<double> Contest::log_ratios(std::size_t candidate, std::size_t baseline) const {
  std::vector<double> ratios;
  for (const auto& round : samples_) {
    const auto ratio = took_turns_ ? log_ratio_of_turns(round[candidate], round[baseline])
                                   : log_ratio_of_processes(round[candidate], round[baseline]);
    if (ratio) ratios.push_back(*ratio);
  }
  return ratios;
}

}  // namespace medbench
