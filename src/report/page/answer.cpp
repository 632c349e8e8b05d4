#include "report/page/answer.hpp"

#include <algorithm>
#include <cmath>

#include "accuracy/parity_bounds.hpp"
#include "job/restarts.hpp"
#include "report/fastest.hpp"
#include "report/page/machines.hpp"

namespace medbench {

namespace {

// A row whose median is further behind than that is not what chance between two processes makes of an equal
// one: matrix plays off no rows beyond it.
constexpr double kNearBy = 1.25;

bool is_same_row(const Result& a, const Result& b) {
  return a.job.work == b.job.work && a.job.target == b.job.target && a.device == b.device;
}

// Where another run padded its texts otherwise and was faster, those rows alone do not decide.
bool is_overtaken(const PlayoffRecord& playoff, std::span<const Result* const> candidates) {
  const Result& winner = playoff.winner;
  const auto own =
      std::ranges::find_if(candidates, [&](const Result* row) { return is_same_row(*row, winner); });
  const auto is_padded_so = [&](const Result& row) {
    const auto as_row = [&](const Result& other) { return other.job.work == row.job.work; };
    return as_row(winner) || std::ranges::any_of(playoff.others, as_row, &PlayoffRecord::Other::row);
  };
  return std::ranges::any_of(candidates, [&](const Result* row) {
    return median_ms_of(*row) < median_ms_of(**own) && !is_padded_so(*row);
  });
}

// The newest of this work on this machine whose winner may win.
const PlayoffRecord* find_playoff(std::span<const Result* const> candidates,
                                  std::span<const PlayoffRecord> playoffs) {
  const Result& any = *candidates.front();
  const PlayoffRecord* newest = nullptr;
  for (const PlayoffRecord& playoff : playoffs) {
    const Result& winner = playoff.winner;
    const bool is_of_these =
        are_comparable(winner, any) && machine_key(winner) == machine_key(any) &&
        std::ranges::any_of(candidates, [&](const Result* row) { return is_same_row(*row, winner); }) &&
        !is_overtaken(playoff, candidates);
    if (is_of_these && (newest == nullptr || newest->winner.started_at <= winner.started_at))
      newest = &playoff;
  }
  return newest;
}

Standing standing_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Slower:
      return Standing::Slower;
    case Verdict::Same:
      return Standing::Same;
    case Verdict::Faster:  // than the one with the smallest median: they contradict each other
    case Verdict::Undecided:
      break;
  }
  return Standing::CannotTell;
}

Rival rival_of(const Result& row, const Result& best, const PlayoffRecord* playoff) {
  Rival rival{.row = &row, .ratio = median_ms_of(row) / median_ms_of(best)};
  Comparison found;
  if (playoff != nullptr) {
    const auto other = std::ranges::find_if(
        playoff->others, [&](const PlayoffRecord::Other& entry) { return is_same_row(entry.row, row); });
    if (other != playoff->others.end()) {
      found = other->against_winner;
      rival.by_playoff = true;
    }
  }
  if (!rival.by_playoff) {
    found =
        to_comparison(compare_processes(process_medians_ms(row.samples), process_medians_ms(best.samples)));
  }
  if (found.ratio && found.interval) {
    rival.ratio = *found.ratio;
    rival.interval = found.interval;
    rival.n = found.n;
    rival.standing = standing_of(found.verdict);
  } else {
    rival.by_playoff = false;
    rival.standing = rival.ratio > kNearBy ? Standing::FarBehind : Standing::TooFew;
  }
  return rival;
}

}  // namespace

std::vector<const Rival*> Answer::untold() const {
  std::vector<const Rival*> found;
  for (const Rival& rival : rivals) {
    if (rival.standing != Standing::Slower && rival.standing != Standing::FarBehind) found.push_back(&rival);
  }
  return found;
}

const Rival* Answer::next() const {
  const auto found = std::ranges::find_if(rivals, [](const Rival& rival) {
    return rival.standing == Standing::Slower || rival.standing == Standing::FarBehind;
  });
  return found == rivals.end() ? nullptr : &*found;
}

Answer find_answer(std::span<const Result* const> group, std::span<const PlayoffRecord> playoffs) {
  Answer answer;
  answer.parity_checked = asked_for_accuracy(group);
  answer.is_gated = is_gated(group);
  for (const Result* row : group) {
    if (row->status != Status::Ok) answer.not_ok.push_back(row);
    if (row->status == Status::Ok && row->stop_rule == kStoppedEarly) answer.stopped_early.push_back(row);
  }
  const auto candidates = rows_that_may_win(group);
  if (candidates.empty()) return answer;
  const PlayoffRecord* playoff = find_playoff(candidates, playoffs);
  answer.best = candidates.front();
  if (playoff != nullptr) {
    answer.best = *std::ranges::find_if(
        candidates, [&](const Result* row) { return is_same_row(*row, playoff->winner); });
  }
  for (const Result* row : candidates) {
    if (row != answer.best) answer.rivals.push_back(rival_of(*row, *answer.best, playoff));
  }
  std::ranges::stable_sort(answer.rivals, {}, &Rival::ratio);
  for (const Result* row : group) {
    const bool is_wrong = row->status == Status::Ok && std::ranges::find(candidates, row) == candidates.end();
    if (is_wrong && median_ms_of(*row) > 0 && median_ms_of(*row) < median_ms_of(*answer.best))
      answer.faster_but_wrong.push_back(row);
  }
  return answer;
}

}  // namespace medbench
