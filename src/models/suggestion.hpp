// "Did you mean": the name nearest to one that nobody knows.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace medbench {

// The name of least edit distance (Levenshtein, letters of either case alike), if it is at most a third of
// its length.
std::optional<std::string_view> nearest_name(std::string_view asked, std::span<const std::string_view> names);

}  // namespace medbench
