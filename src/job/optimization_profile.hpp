// The sizes that a TensorRT engine is built for: the least, the most, and those that it is tuned for, as far
// as a target's options name them. The command line and the worker check them by the same rules.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/axes.hpp"

namespace medbench {

struct OptimizationProfile {
  Axes least;
  Axes usual;
  Axes most;

  [[nodiscard]] bool is_fixed() const { return least == most; }
  bool operator==(const OptimizationProfile&) const = default;
};

// The axes that have options: trt.min_batch, trt.opt_batch, trt.max_batch, and the same of seq.
inline constexpr std::array kProfileAxes{Axis::Batch, Axis::Seq};

// For work with sizes of its own.
void forget_profile(std::map<std::string, std::string>& options);

// What the options name; the rest is absent. Throws Usage for what is no number from 1 on.
OptimizationProfile asked_profile(const std::map<std::string, std::string>& options);

// Throws Usage, naming the two that disagree, where sizes decrease from least to usual to most.
void check_order(const OptimizationProfile& asked, Axis axis);
// Throws Usage, naming the option, where a size that is measured is outside. The size is at least 1.
void check_measured(const OptimizationProfile& asked, Axis axis, std::int64_t size);

// The whole profile for work from `least` to `most`: what is not asked for is as measured, and no wider than
// it takes to hold that and what is asked for. Throws as the checks do.
OptimizationProfile complete_profile(const OptimizationProfile& asked, const Axes& least, const Axes& most);

// "--trt-min-batch"
std::string profile_flag(std::string_view end, Axis axis);

}  // namespace medbench
