// The answer of a page: of rows that did the same work on one machine the one to deploy, and how sure that
// is.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "report/page/page_input.hpp"
#include "stats/interval.hpp"

namespace medbench {

// How a row that may win stands beside the best.
enum class Standing {
  Slower,      // more than chance
  Same,        // the whole interval is within what counts as the same
  CannotTell,  // the interval holds both
  TooFew,      // no interval: too few processes, and nearer than processes of one program may differ
  FarBehind,   // no interval, but further behind than that
};

struct Rival {
  const Result* row = nullptr;
  Standing standing = Standing::TooFew;
  double ratio = 1;                    // of its latency to that of the best
  std::optional<Interval> interval{};  // 95 %, of that ratio
  std::size_t n = 0;                   // pairs of a play-off, or processes on the smaller side
  bool by_playoff = false;
};

struct Answer {
  const Result* best = nullptr;  // null: no row may win
  std::vector<Rival> rivals;     // the others that may win, the fastest first
  bool parity_checked = false;
  bool is_gated = false;                        // by accuracy on labelled data
  std::vector<const Result*> faster_but_wrong;  // than the best, and their parity or a gate fails
  std::vector<const Result*> not_ok;
  std::vector<const Result*> stopped_early;

  // Rivals that are not slower for sure.
  [[nodiscard]] std::vector<const Rival*> untold() const;
  // The fastest of those that are; null where there is none.
  [[nodiscard]] const Rival* next() const;
};

// Of rows that did the same work on one machine. A play-off of the same work on the same machine decides
// where its winner may win; else the smallest median, with a test over processes where there are enough.
Answer find_answer(std::span<const Result* const> group, std::span<const PlayoffRecord> playoffs);

}  // namespace medbench
