// Sizes of tensors in a graph, in which some axes of the work stay open until it runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/axes.hpp"

namespace medbench::ir {

// factor x a product of powers of axes + offset: a number, a symbol, a product of them, or "batch+1". Depth,
// height and width are numbers when a graph is built; the symbols are kBatch, kSeq and kTokens.
struct Dim {
  std::int64_t factor = 1;                         // of a number: the number
  std::array<std::int8_t, kAxes.size()> powers{};  // by axis
  std::int64_t offset = 0;                         // of a number: 0

  // NOLINTNEXTLINE(google-explicit-constructor): a number is a dimension
  constexpr Dim(std::int64_t number = 1) : factor(number) {}
  constexpr explicit Dim(Axis symbol) { powers[static_cast<std::size_t>(symbol)] = 1; }

  [[nodiscard]] constexpr int power(Axis axis) const { return powers[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] constexpr bool is_static() const { return powers == decltype(powers){}; }
  // Of a symbol, alone or with an offset: its axis.
  [[nodiscard]] constexpr std::optional<Axis> symbol() const {
    for (const AxisInfo& row : kAxes) {
      Dim alone{row.axis};
      alone.offset = offset;
      if (*this == alone) return row.axis;
    }
    return std::nullopt;
  }
  // Whether it is at least 1, whatever the numbers of its symbols: these are at least 1 too.
  [[nodiscard]] constexpr bool is_positive() const {
    bool positive = factor >= 1;
    for (const std::int8_t power : powers) positive = positive && power >= 0;
    return positive && offset > -factor;
  }

  friend constexpr bool operator==(const Dim&, const Dim&) = default;
  friend constexpr Dim operator+(Dim dim, std::int64_t number) {
    (dim.is_static() ? dim.factor : dim.offset) += number;
    return dim;
  }
};

// Nothing where a Dim cannot say it: a factor has an offset, or a number leaves its range.
constexpr std::optional<Dim> product(const Dim& a, const Dim& b) {
  if (a.offset != 0 || b.offset != 0) return std::nullopt;
  Dim result;
  if (__builtin_mul_overflow(a.factor, b.factor, &result.factor)) return std::nullopt;
  for (std::size_t i = 0; i < result.powers.size(); ++i) {
    const int power = a.powers[i] + b.powers[i];
    if (power < 0 || power > std::numeric_limits<std::int8_t>::max()) return std::nullopt;
    result.powers[i] = static_cast<std::int8_t>(power);
  }
  return result;
}

[[noreturn]] void refuse_product(const Dim& a, const Dim& b);

// Throws Internal, or does not compile in a constant, where product() gives nothing: (batch+1) x seq.
constexpr Dim operator*(const Dim& a, const Dim& b) {
  const std::optional<Dim> result = product(a, b);
  if (!result) refuse_product(a, b);
  return *result;
}

inline constexpr Dim kBatch{Axis::Batch};
inline constexpr Dim kSeq{Axis::Seq};
inline constexpr Dim kTokens{Axis::Tokens};

using Shape = std::vector<Dim>;

// Throws Internal, naming the symbol, where an axis of a dimension has no number, and Usage where a size does
// not fit into 63 bits.
std::int64_t bind(const Dim& dim, const Axes& axes);
std::vector<std::int64_t> bind(const Shape& shape, const Axes& axes);

std::string to_string(const Dim& dim);      // "768", "batch", "batch*seq", "12*batch", "batch+1"
std::string to_string(const Shape& shape);  // "[batch, seq, 768]"

}  // namespace medbench::ir
