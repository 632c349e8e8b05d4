// Jobs that are measured against each other: round after round, fresh processes of all of them live together
// and take short turns. A round is one look at the difference between any two; what differs between processes
// of one program is in the spread of the rounds.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "job/job.hpp"
#include "job/result.hpp"
#include "runner/runner.hpp"

namespace medbench {

struct Entrant {
  Job job;
  WorkerOptions worker;
};

class Contest {
 public:
  // Where an entrant's protocol has no turns, rounds are one process after the other, A B then B A. Keeps a
  // reference to the observer.
  Contest(std::vector<Entrant> entrants, RunObserver& observer);

  // Measures all entrants once more, or those of these numbers alone. False when something went wrong: an
  // interruption, or a process that failed, which failure() names.
  bool run_round();
  bool run_round(const std::vector<std::size_t>& numbers);

  [[nodiscard]] std::size_t rounds() const { return rounds_; }
  // Of an entrant: all of its processes as one row; nothing before its first has answered.
  [[nodiscard]] const std::optional<Result>& result(std::size_t number) const { return results_[number]; }
  // The first row that is not ok.
  [[nodiscard]] const Result* failure() const;
  // One value a round in which both took part, in order: the logarithm of how many times as long a pass of
  // `candidate` took as one of `baseline`.
  [[nodiscard]] std::vector<double> log_ratios(std::size_t candidate, std::size_t baseline) const;
  // False where some round was one process after the other.
  [[nodiscard]] bool took_turns() const { return took_turns_; }

 private:
  void run_together(const std::vector<std::size_t>& numbers);
  void run_in_sequence(const std::vector<std::size_t>& numbers);
  void take(std::size_t number, Result result);

  std::vector<Entrant> entrants_;
  RunObserver& observer_;
  std::vector<std::optional<Result>> results_;
  std::vector<std::vector<std::vector<Sample>>> samples_;  // by round and entrant
  std::size_t rounds_ = 0;
  bool took_turns_ = true;
};

}  // namespace medbench
