// Of results that measured the same thing the one that counts.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "job/result.hpp"

namespace medbench {

// What was to be measured.
std::string configuration_key(const Result& result);

// Of results in the order of time the places of those that count, ascending: of each key those that are
// whole, and of these the newest.
std::vector<std::size_t> newest_of_each(std::span<const Result> results,
                                        const std::function<std::string(const Result&)>& key);

}  // namespace medbench
