// Which row wins, and whether that is more than chance.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "job/result.hpp"
#include "stats/processes.hpp"

namespace medbench {

// Of rows that can be compared: the same model, batch size, sequence length, timed region and inputs.
struct Fastest {
  const Result* any = nullptr;          // a row of the group, for its name
  const Result* row = nullptr;          // smallest median among those that may win; null when none may
  const Result* runner_up = nullptr;    // the next; null when there is none
  ProcessComparison against_runner_up;  // of the runner-up's latency to that of the fastest
  bool parity_checked = false;          // then only rows whose parity holds may win
  bool is_gated = false;                // then only rows that pass their gates may
  bool paddings_differ = false;         // in the group
};

// Whether a latency of one says something beside that of the other: the same work in the same region, but for
// how texts are padded, which makes passes over the same texts longer or shorter.
bool are_comparable(const Result& a, const Result& b);
// Rows that can be compared, in the order of the first appearance. The pointers are into `results`.
std::vector<std::vector<const Result*>> group_by_work(std::span<const Result> results);

// Whether any row has a verdict on its accuracy, or was to have one.
bool asked_for_accuracy(std::span<const Result* const> group);
bool is_gated(std::span<const Result* const> group);
// What a row must be to win: "whose parity holds and that passes the gates"; empty without conditions.
std::string winning_conditions(bool parity_checked, bool gated);

double median_ms_of(const Result& row);  // 0 where there is none
// Whether texts are padded in several ways, so that a row's name must say which is its own.
bool paddings_differ(std::span<const Result* const> rows);
// "torch cpu fp32", where it is asked for " (padding none)", and where others were busy beside it, that.
std::string target_name(const Result& row, bool with_padding = false);

// Of rows that can be compared those that are ok, whose answers hold, where accuracy was asked for, and
// that pass their gates, where there are any; the fastest first.
std::vector<const Result*> rows_that_may_win(std::span<const Result* const> group);

// One for each group, in the order of the first appearance. The pointers are into `results`.
std::vector<Fastest> find_fastest(std::span<const Result> results);

// One line for each group, with what is missing beside the winner: rows that are not ok or were stopped
// early, and those of `unmeasured`, which have no result. Empty without results.
std::string render_fastest(std::span<const Result> results, std::span<const Job> unmeasured = {});

}  // namespace medbench
