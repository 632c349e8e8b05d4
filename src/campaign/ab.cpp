#include "campaign/ab.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

bool is_clear(const Comparison& found, double max_slowdown) {
  const double limit = 1 + max_slowdown;
  const bool knows_limit = found.interval && (found.interval->low > limit || found.interval->high < limit);
  return found.verdict != Verdict::Undecided && knows_limit;
}

std::string problem_of(const Contest& contest) {
  if (interrupted()) return "interrupted";
  const Result* failed = contest.failure();
  if (failed == nullptr) return "";
  return fmt::format("{} was {}: {}", failed == &*contest.result(0) ? "A" : "B", to_string(failed->status),
                     failed->failure ? printable(failed->failure->message) : "");
}

}  // namespace

ComparedRow run_ab(Contest& contest, const AbSettings& settings) {
  ComparedRow row;
  const auto judge = [&] {
    return to_comparison(judge_pairs(contest.log_ratios(1, 0), {.equivalence = settings.same_within}));
  };
  bool goes_on = true;
  for (const std::size_t look : kPairLooks) {
    while (goes_on && contest.rounds() < look) {
      goes_on = contest.run_round();
      if (goes_on) settings.progress(contest.rounds(), judge());
    }
    row.comparison = judge();
    if (!goes_on || is_clear(row.comparison, settings.max_slowdown)) break;
  }
  row.baseline = contest.result(0);
  row.candidate = contest.result(1);
  if (!goes_on) row.problem = problem_of(contest);
  if (!contest.took_turns())
    row.notes.emplace_back("the two were measured one after the other, A B B A, and not in turns");
  return row;
}

}  // namespace medbench
