#include "models/suggestion.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace medbench {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string_view> nearest_name(std::string_view asked,
                                             std::span<const std::string_view> names) {
  std::optional<std::string_view> best;
  std::size_t least = 0;
  for (const std::string_view name : names) {
    if (asked.size() > 2 * name.size()) continue;  // hopeless, and perhaps a very long text
    const std::size_t distance = edit_distance(asked, name);
    if (distance > name.size() / 3 || (best && distance >= least)) continue;
    best = name;
    least = distance;
  }
  return best;
}

}  // namespace medbench
