// The end of a matrix: the rows that may be the fastest are started again together, round after round, until
// the leader is told from all others or what may be spent on it is used.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "job/result.hpp"
#include "runner/runner.hpp"
#include "stats/pairs.hpp"

namespace medbench {

inline constexpr double kPlayoffMargin = 0.25;  // of the fastest row's median: rows within it take part
inline constexpr std::size_t kPlayoffRounds = 6;
inline constexpr std::size_t kFewestRounds = 3;

// How one row did against the winner: ratio of its latency to the winner's.
struct Standing {
  Result row;  // all processes of the play-off
  PairComparison against_winner;
};

struct Playoff {
  Result winner;
  std::vector<Standing> others;  // that took part, the fastest first
  std::size_t rounds = 0;
  bool took_turns = true;  // otherwise one process after the other: there was no room for both
  std::string ended_by;    // "decided", "rounds", "budget", "interrupted", kNoTime or why it could not go on
};

inline constexpr double kMostPlayoffS = 60;             // for one model and shape
inline constexpr double kPlayoffShare = 1.0 / 3;        // of the time that all rows took
inline constexpr std::string_view kNoTime = "no time";  // why a play-off was not begun

// What the next of so many play-offs may take unless something else is said, of what all together may.
double usual_playoff_budget_s(double rows_s, double spent_s, std::size_t left);

// What rounds enough for an answer will take, by what the rows say of their start: seconds.
double least_playoff_s(std::span<const Result* const> contenders);

// One that is not begun, for it would take longer than it may.
Playoff decline_playoff(std::span<const Result* const> contenders);

struct PlayoffSettings {
  double budget_s = kMostPlayoffS;
  WorkerOptions worker;
  std::function<double()> now_s;  // a clock that only goes forward
};

// The rows that take part, of rows that can be compared, by their median; fewer than two: there is nothing
// to play off. Rows that are not ok, and where accuracy was asked for, those whose answers do not hold, do
// not.
std::vector<const Result*> find_contenders(std::span<const Result* const> rows);

// Measures the contenders against each other. Needs an InterruptGuard.
Playoff play_off(std::span<const Result* const> contenders, const PlayoffSettings& settings,
                 RunObserver& observer);

// Who wins, by how much, against whom, or that these cannot be told apart: one line.
std::string playoff_line(const Playoff& playoff);
// With that line, and every row of it.
Json to_json(const Playoff& playoff);

}  // namespace medbench
