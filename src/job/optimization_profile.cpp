#include "job/optimization_profile.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>

#include "base/error.hpp"

namespace medbench {

namespace {

struct End {
  std::string_view name;
  Axes OptimizationProfile::*sizes;
};
constexpr std::array kEnds{End{"min", &OptimizationProfile::least}, End{"opt", &OptimizationProfile::usual},
                           End{"max", &OptimizationProfile::most}};

std::string key_of(std::string_view end, Axis axis) {
  return fmt::format("trt.{}_{}", end, info_of(axis).symbol);
}

std::int64_t read_size(const std::string& key, const std::string& text, Axis axis) {
  std::int64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const std::int64_t most = info_of(axis).most;
  if (error != std::errc() || end != text.data() + text.size() || size < 1 || size > most)
    throw usage_error("option {}={}: give a number from 1 to {}", key, printable(text), most);
  return size;
}

}  // namespace

std::string profile_flag(std::string_view end, Axis axis) {
  return fmt::format("--trt-{}-{}", end, info_of(axis).symbol);
}

void forget_profile(std::map<std::string, std::string>& options) {
  for (const Axis axis : kProfileAxes) {
    for (const End& end : kEnds) options.erase(key_of(end.name, axis));
  }
}

OptimizationProfile asked_profile(const std::map<std::string, std::string>& options) {
  OptimizationProfile asked;
  for (const Axis axis : kProfileAxes) {
    for (const End& end : kEnds) {
      const std::string key = key_of(end.name, axis);
      const auto option = options.find(key);
      if (option != options.end()) (asked.*end.sizes).set(axis, read_size(key, option->second, axis));
    }
  }
  return asked;
}

void check_order(const OptimizationProfile& asked, Axis axis) {
  for (std::size_t i = 0; i < kEnds.size(); ++i) {
    for (std::size_t j = i + 1; j < kEnds.size(); ++j) {
      const std::int64_t low = (asked.*kEnds[i].sizes)[axis];
      const std::int64_t high = (asked.*kEnds[j].sizes)[axis];
      if (low == 0 || high == 0 || low <= high) continue;
      throw usage_error("{} {} is greater than {} {}: lower the one or raise the other",
                        profile_flag(kEnds[i].name, axis), low, profile_flag(kEnds[j].name, axis), high);
    }
  }
}

void check_measured(const OptimizationProfile& asked, Axis axis, std::int64_t size) {
  const std::int64_t low = asked.least[axis];
  const std::int64_t high = asked.most[axis];
  const std::string_view noun = info_of(axis).noun;
  if (low != 0 && size < low) {
    throw usage_error("{} {} is measured, and {} is {}: lower {} or leave it out", noun, size,
                      profile_flag("min", axis), low, profile_flag("min", axis));
  }
  if (high != 0 && size > high) {
    throw usage_error("{} {} is measured, and {} is {}: raise {} or leave it out", noun, size,
                      profile_flag("max", axis), high, profile_flag("max", axis));
  }
}

OptimizationProfile complete_profile(const OptimizationProfile& asked, const Axes& least, const Axes& most) {
  OptimizationProfile whole{.least = least, .usual = most, .most = most};
  for (const Axis axis : kProfileAxes) {
    check_order(asked, axis);
    if (!most.has(axis)) continue;
    check_measured(asked, axis, least[axis]);
    check_measured(asked, axis, most[axis]);
    const std::int64_t usual = asked.usual[axis];
    const std::int64_t low = asked.least.has(axis) ? asked.least[axis] : least[axis];
    const std::int64_t high = asked.most.has(axis) ? asked.most[axis] : most[axis];
    whole.least.set(axis, usual == 0 ? low : std::min(low, usual));
    whole.most.set(axis, std::max(high, usual));
    whole.usual.set(axis, usual == 0 ? most[axis] : usual);
  }
  return whole;
}

}  // namespace medbench
