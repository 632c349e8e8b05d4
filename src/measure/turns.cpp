#include "measure/turns.hpp"

#include <algorithm>
#include <utility>

namespace medbench {

std::int64_t possible_turns(const LoopSettings& settings, std::int64_t turns) {
  return std::max<std::int64_t>(1, std::min(turns, settings.num_iterations.value_or(turns)));
}

LoopSettings settings_of_turn(const LoopSettings& whole, std::int64_t turn, std::int64_t turns) {
  LoopSettings share = whole;
  share.turn = static_cast<std::uint32_t>(turn);
  share.time_budget_s = whole.time_budget_s / static_cast<double>(turns);
  if (whole.num_iterations) {
    const std::int64_t remainder = *whole.num_iterations % turns;
    share.num_iterations = *whole.num_iterations / turns + (turn < remainder ? 1 : 0);
  }
  return share;
}

void add_turn(Measurement& whole, Measurement&& turn) {
  if (whole.samples.empty()) {
    whole = std::move(turn);
    return;
  }
  whole.warmup_ms.insert(whole.warmup_ms.end(), turn.warmup_ms.begin(), turn.warmup_ms.end());
  whole.samples.insert(whole.samples.end(), turn.samples.begin(), turn.samples.end());
  if (turn.stop_rule == StopRule::Budget) whole.stop_rule = turn.stop_rule;
}

}  // namespace medbench
