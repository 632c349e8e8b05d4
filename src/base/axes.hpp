// The dimensions of the work that a user can ask for: one table, from which flags, keys of JSON, headings,
// ids, names of files and the symbols of graphs are read.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace medbench {

enum class Axis : std::uint8_t { Batch, Seq, Tokens, Depth, Height, Width };

struct AxisInfo {
  Axis axis;
  std::string_view symbol;    // in printed shapes and in the names of a runtime's dimensions
  std::string_view json_key;  // of jobs and results
  std::string_view noun;      // in messages
  std::string_view heading;   // of tables
  char letter;                // in ids and names of files
  std::int64_t most;          // that can be asked for
};

// In the order in which shapes, columns and ids name them; row i is that of the enumerator i.
inline constexpr std::array kAxes{
    AxisInfo{Axis::Batch, "batch", "batch_size", "batch size", "batch", 'b', 65'536},
    AxisInfo{Axis::Seq, "seq", "seq_length", "sequence length", "seq", 's', 1'048'576},
    AxisInfo{Axis::Tokens, "tokens", "tokens", "number of tokens", "tokens", 't', 1'073'741'824},
    AxisInfo{Axis::Depth, "depth", "depth", "depth", "depth", 'd', 65'536},
    AxisInfo{Axis::Height, "height", "height", "height", "height", 'h', 65'536},
    AxisInfo{Axis::Width, "width", "width", "width", "width", 'w', 65'536},
};

constexpr const AxisInfo& info_of(Axis axis) {
  return kAxes[static_cast<std::size_t>(axis)];
}

// A number for some of the axes; the others are absent, which reads as 0.
class Axes {
 public:
  constexpr Axes() = default;
  constexpr Axes(std::initializer_list<std::pair<Axis, std::int64_t>> values) {
    for (const auto& [axis, value] : values) set(axis, value);
  }

  [[nodiscard]] constexpr std::int64_t operator[](Axis axis) const {
    return values_[static_cast<std::size_t>(axis)];
  }
  [[nodiscard]] constexpr bool has(Axis axis) const { return (*this)[axis] != 0; }
  constexpr void set(Axis axis, std::int64_t value) { values_[static_cast<std::size_t>(axis)] = value; }
  [[nodiscard]] constexpr Axes with(Axis axis, std::int64_t value) const {
    Axes changed = *this;
    changed.set(axis, value);
    return changed;
  }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the default for a comparison with 0
  friend constexpr auto operator<=>(const Axes&, const Axes&) = default;

 private:
  std::array<std::int64_t, kAxes.size()> values_{};
};

std::string to_string(const Axes& axes);  // "4 x 256", in the order of the table
std::string id_part(const Axes& axes);    // "b4_s256"

}  // namespace medbench
