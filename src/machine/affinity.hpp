// Which processors this process runs on, where a runtime has no other way to be told how many to use.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace medbench {

// The first `count` of these processors, on as many cores as there are before two share one. `cores` has each
// with what tells its core from others.
std::set<int> choose_processors(std::vector<std::pair<int, std::int64_t>> cores, std::size_t count);

// Restricts the calling thread, and those that it makes from now on, to that many of the processors that it
// had at the first call; to all of them where these are fewer.
void run_on(std::int64_t count);

}  // namespace medbench
