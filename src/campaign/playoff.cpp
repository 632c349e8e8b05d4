#include "campaign/playoff.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "campaign/contest.hpp"
#include "report/comparison.hpp"
#include "report/fastest.hpp"
#include "runner/interrupt.hpp"
#include "stats/moments.hpp"

namespace medbench {

namespace {

constexpr std::array<std::size_t, 4> kLooks{kFewestRounds, 4, 5, kPlayoffRounds};
constexpr double kRoundS = 1;        // of timed passes of each row in a round
constexpr double kLongestRound = 2;  // passes of a row that takes longer than its second

constexpr double kWithWarmup = 1.25;  // of the timed passes; see Loop

double timed_s(const Result& row) {
  return std::max(kRoundS, kLongestRound * median_ms_of(row) / 1e3);
}

Entrant entrant_of(const Result& row, const WorkerOptions& worker) {
  Job job = row.job;
  job.protocol.turn = TurnLength{};
  job.protocol.save_outputs.reset();
  job.protocol.parity.reset();
  job.protocol.evaluation.reset();
  job.protocol.time_budget_s = timed_s(row);
  return {.job = std::move(job), .worker = worker};
}

class Match {
 public:
  Match(std::span<const Result* const> contenders, const PlayoffSettings& settings, RunObserver& observer)
      : settings_(settings),
        contest_(entrants_of(contenders, settings), observer),
        alive_(contenders.size()) {
    std::iota(alive_.begin(), alive_.end(), std::size_t{0});
    all_ = alive_;
  }

  Playoff run() {
    const double begin_s = settings_.now_s();
    std::string ended_by = "rounds";
    while (contest_.rounds() < kPlayoffRounds) {
      const double used_s = settings_.now_s() - begin_s;
      const auto rounds = static_cast<double>(contest_.rounds());
      // A round that would end too late is not begun.
      if (rounds > 0 && used_s * (rounds + 1) / rounds > settings_.budget_s) {
        ended_by = "budget";
        break;
      }
      if (!contest_.run_round(alive_)) {
        ended_by = interrupted() ? "interrupted" : "a row failed";
        break;
      }
      if (contest_.rounds() < kFewestRounds) continue;
      drop_losers();
      if (alive_.size() == 1) {
        ended_by = "decided";
        break;
      }
    }
    return outcome(std::move(ended_by));
  }

 private:
  static std::vector<Entrant> entrants_of(std::span<const Result* const> contenders,
                                          const PlayoffSettings& settings) {
    std::vector<Entrant> entrants;
    for (const Result* row : contenders) entrants.push_back(entrant_of(*row, settings.worker));
    return entrants;
  }

  // Of those that are measured still, that with the least ratio to the first of them.
  [[nodiscard]] std::size_t leader() const {
    const auto ratio = [&](std::size_t number) {
      if (number == alive_.front()) return 1.0;
      const auto found = median(contest_.log_ratios(number, alive_.front()));
      return found ? std::exp(*found) : std::numeric_limits<double>::infinity();
    };
    return *std::ranges::min_element(alive_, {}, ratio);
  }

  [[nodiscard]] PairComparison compare(std::size_t candidate, std::size_t baseline) const {
    return judge_pairs(contest_.log_ratios(candidate, baseline), {.looks = kLooks});
  }

  void drop_losers() {
    const std::size_t first = leader();
    std::erase_if(alive_, [&](std::size_t number) {
      return number != first && compare(number, first).verdict == Verdict::Slower;
    });
  }

  Playoff outcome(std::string ended_by) {
    Playoff playoff{.winner = {},
                    .others = {},
                    .rounds = contest_.rounds(),
                    .took_turns = contest_.took_turns(),
                    .ended_by = std::move(ended_by)};
    const std::size_t first = leader();
    if (contest_.result(first)) playoff.winner = *contest_.result(first);
    for (const std::size_t number : all_) {
      if (number == first || !contest_.result(number)) continue;
      playoff.others.push_back({*contest_.result(number), compare(number, first)});
    }
    std::ranges::sort(playoff.others, {},
                      [](const Standing& standing) { return standing.against_winner.ratio.value_or(0); });
    return playoff;
  }

  const PlayoffSettings& settings_;
  Contest contest_;
  std::vector<std::size_t> alive_;  // not yet told from the leader
  std::vector<std::size_t> all_;
};

}  // namespace

std::vector<const Result*> find_contenders(std::span<const Result* const> rows) {
  std::vector<const Result*> able = rows_that_may_win(rows);
  std::erase_if(able, [&](const Result* row) {
    return median_ms_of(*row) > median_ms_of(*able.front()) * (1 + kPlayoffMargin);
  });
  return able;
}

Playoff play_off(std::span<const Result* const> contenders, const PlayoffSettings& settings,
                 RunObserver& observer) {
  return Match(contenders, settings, observer).run();
}

double usual_playoff_budget_s(double rows_s, double spent_s, std::size_t left) {
  return std::clamp((rows_s * kPlayoffShare - spent_s) / static_cast<double>(left), 0.0, kMostPlayoffS);
}

double least_playoff_s(std::span<const Result* const> contenders) {
  double round_s = 0;
  for (const Result* row : contenders)
    round_s += row->metrics.get("startup_ms").value_or(0) / 1e3 + kWithWarmup * timed_s(*row);
  return kFewestRounds * round_s;
}

Playoff decline_playoff(std::span<const Result* const> contenders) {
  Playoff playoff{.winner = *contenders.front(),
                  .others = {},
                  .rounds = 0,
                  .took_turns = true,
                  .ended_by = std::string(kNoTime)};
  for (const Result* row : contenders.subspan(1)) playoff.others.push_back({*row, {}});
  return playoff;
}

namespace {

bool has_several_paddings(const Playoff& playoff) {
  std::vector<const Result*> rows{&playoff.winner};
  for (const Standing& standing : playoff.others) rows.push_back(&standing.row);
  return paddings_differ(rows);
}

}  // namespace

std::string playoff_line(const Playoff& playoff) {
  std::string text = fmt::format("{} {}: ", printable(short_name(playoff.winner.job.work.model)),
                                 to_string(playoff.winner.job.work.axes));
  if (playoff.ended_by == kNoTime) {
    return text + fmt::format(
                      "no play-off of the {} rows that may be the fastest, for it would take more than a "
                      "third of the time of all rows; give more with --playoff-budget",
                      playoff.others.size() + 1);
  }
  if (playoff.rounds < kFewestRounds) {
    return text + fmt::format(
                      "the play-off ended after {} rounds ({}): cannot tell; give more with "
                      "--playoff-budget",
                      playoff.rounds, playoff.ended_by);
  }
  const bool with_padding = has_several_paddings(playoff);
  const std::string winner = target_name(playoff.winner, with_padding);
  std::string told;
  std::string untold;
  for (const auto& [row, found] : playoff.others) {
    std::string& list = found.verdict == Verdict::Slower ? told : untold;
    list += fmt::format("{}{}", list.empty() ? "" : ", ", target_name(row, with_padding));
    if (found.interval) {
      list += fmt::format(" ({:.3f}, {:.3f} to {:.3f}{})", found.ratio.value_or(0), found.interval->low,
                          found.interval->high, found.verdict == Verdict::Same ? ": the same" : "");
    }
  }
  if (untold.empty()) {
    text += fmt::format("{} wins against {}", winner, told);
  } else {
    text += fmt::format("{} leads and cannot be told from {}", winner, untold);
    if (!told.empty()) text += fmt::format("; it wins against {}", told);
  }
  return text + fmt::format("; latencies over its own, {} rounds", playoff.rounds);
}

Json to_json(const Playoff& playoff) {
  Json json{{"line", playoff_line(playoff)},     {"rounds", playoff.rounds},
            {"took_turns", playoff.took_turns},  {"ended_by", playoff.ended_by},
            {"winner", to_json(playoff.winner)}, {"others", Json::array()}};
  const bool with_padding = has_several_paddings(playoff);
  for (const Standing& standing : playoff.others) {
    Json other = to_json(ComparedRow{.name = target_name(standing.row, with_padding),
                                     .baseline = playoff.winner,
                                     .candidate = standing.row,
                                     .comparison = to_comparison(standing.against_winner),
                                     .notes = {},
                                     .problem = {}});
    other["result"] = to_json(standing.row);
    json["others"].push_back(std::move(other));
  }
  return json;
}

}  // namespace medbench
