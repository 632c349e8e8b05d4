// A measurement in several parts, so that jobs can take turns and drift hits all alike.
#pragma once

#include <cstdint>

#include "measure/loop.hpp"

namespace medbench {

// No turn is without an iteration.
std::int64_t possible_turns(const LoopSettings& settings, std::int64_t turns);

// The share of one turn, counted from 0: its part of the iterations (earlier turns take the remainder) and of
// the time budget. The warm-up is that of the whole in every turn, for the machine did other things
// meanwhile.
LoopSettings settings_of_turn(const LoopSettings& whole, std::int64_t turn, std::int64_t turns);

// Appends the samples of a further turn. The first run is that of the first turn, and the rule that ended the
// measurement is the weakest of the turns': the budget before the interval.
void add_turn(Measurement& whole, Measurement&& turn);

}  // namespace medbench
