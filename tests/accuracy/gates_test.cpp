#include "accuracy/gates.hpp"

#include <gtest/gtest.h>

namespace medbench {
namespace {

Result evaluated() {
  Result result;
  result.status = Status::Ok;
  result.metrics.set("eval_accuracy", 0.90);
  result.metrics.set("eval_f1", 0.85);
  result.metrics.set("eval_fp32_accuracy", 0.905);
  result.metrics.set("eval_fp32_f1", 0.87);
  result.metrics.set("eval_flip_share", 0.012);
  return result;
}

std::string first_line(const Gates& gates, Result result = evaluated()) {
  fill_gates(result, gates);
  const auto verdicts = gates_of(result);
  return verdicts.empty() ? "none" : describe(verdicts.front());
}

TEST(Gates, CompareWithTheirLimits) {
  EXPECT_EQ(first_line({.max_flips = 0.012}), "max-flips 1.2 %: 1.2 %");
  EXPECT_EQ(first_line({.max_flips = 0.005}), "max-flips 0.5 %: 1.2 %, 0.7 points too much");
  EXPECT_EQ(first_line({.min_f1 = 0.85}), "min-f1 0.85: 0.85");
  EXPECT_EQ(first_line({.min_f1 = 0.9}), "min-f1 0.9: 0.85, 0.05 too little");
  // The larger of the drops.
  EXPECT_EQ(first_line({.max_drop = 0.02}), "max-drop 2 %: 2 %");
  EXPECT_EQ(first_line({.max_drop = 0.01}), "max-drop 1 %: 2 %, 1 points too much");
}

TEST(Gates, AllMustHold) {
  Result result = evaluated();
  EXPECT_EQ(gates_hold(result), std::nullopt);
  fill_gates(result, {.max_flips = 0.02, .min_f1 = 0.8, .max_drop = 0.03});
  EXPECT_EQ(gates_hold(result), true);
  fill_gates(result, {.max_flips = 0.02, .min_f1 = 0.86, .max_drop = 0.03});
  EXPECT_EQ(gates_hold(result), false);
  EXPECT_EQ(gates_of(result).size(), 3U);
}

TEST(Gates, OfWhatIsNotKnownDoNotHold) {
  Result result = evaluated();
  result.metrics.set_absent("eval_flip_share", "there is no reference");
  EXPECT_EQ(first_line({.max_flips = 1}, result), "max-flips 100 %: cannot be judged, there is no reference");
  fill_gates(result, {.max_flips = 1});
  EXPECT_EQ(gates_hold(result), false);
}

TEST(Gates, JudgeNothingThatWasNotEvaluated) {
  EXPECT_EQ(first_line({.max_flips = 1}, Result()), "none");
  EXPECT_EQ(first_line({}), "none");
}

}  // namespace
}  // namespace medbench
