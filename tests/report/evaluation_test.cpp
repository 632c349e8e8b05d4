#include "report/evaluation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accuracy/gates.hpp"
#include "report/fastest.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

Result row(const std::string& backend, const std::string& precision, double median_ms, double flips,
           double high, double f1) {
  Result result = testing::ok_result(4, 128, median_ms);
  result.job.target.backend = backend;
  result.job.target.precision = precision;
  result.metrics.set("latency_ms.ci95_low", median_ms - 0.5);
  result.metrics.set("latency_ms.ci95_high", median_ms + 0.5);
  result.metrics.set("eval_texts", 1000);
  result.metrics.set("eval_accuracy", f1);
  result.metrics.set("eval_f1", f1);
  result.metrics.set("eval_fp32_accuracy", 0.9);
  result.metrics.set("eval_fp32_f1", 0.9);
  result.metrics.set("eval_flips", flips);
  result.metrics.set("eval_flip_share", flips / 1000);
  result.metrics.set("eval_flip_share_high", high);
  return result;
}

std::vector<Result> rows() {
  return {row("torch", "fp32", 36, 0, 0.0036821, 0.9), row("torch", "int8", 40, 3, 0.008742, 0.895),
          row("openvino", "int8", 20, 3, 0.008742, 0.9), row("onnxruntime", "int8", 18, 12, 0.020868, 0.88)};
}

TEST(Evaluation, RanksBySpeedWithTheBoundOfFlips) {
  EXPECT_EQ(
      render_evaluation(rows()),
      "biobert 4 x 128, the fastest first:\n"
      "  1. onnxruntime cpu int8: p50 18.00 ms (17.50 to 18.50), 2.00 times as fast as torch cpu fp32; "
      "changes "
      "12 of 1,000 predictions (at most 21, with 95 % confidence); accuracy 0.8800 (fp32 0.9000); F1 0.8800 "
      "(fp32 0.9000)\n"
      "  2. openvino cpu int8: p50 20.00 ms (19.50 to 20.50), 1.80 times as fast as torch cpu fp32; changes "
      "3 "
      "of 1,000 predictions (at most 9, with 95 % confidence); accuracy 0.9000 (fp32 0.9000); F1 0.9000 "
      "(fp32 "
      "0.9000)\n"
      "  3. torch cpu fp32: p50 36.00 ms (35.50 to 36.50); changes 0 of 1,000 predictions (at most 4, with "
      "95 % "
      "confidence); accuracy 0.9000 (fp32 0.9000); F1 0.9000 (fp32 0.9000)\n"
      "  4. torch cpu int8: p50 40.00 ms (39.50 to 40.50), 0.90 times as fast as torch cpu fp32; changes 3 "
      "of "
      "1,000 predictions (at most 9, with 95 % confidence); accuracy 0.8950 (fp32 0.9000); F1 0.8950 (fp32 "
      "0.9000)\n");
}

TEST(Evaluation, NamesTheGatesThatFail) {
  auto all = rows();
  for (Result& one : all) fill_gates(one, {.max_flips = 0.005, .max_drop = 0.01});
  const std::string text = render_evaluation(all);
  EXPECT_THAT(text, ::testing::StartsWith(
                        "biobert 4 x 128, 3 of 4 rows pass max-flips 0.5 %, max-drop 1 %, the fastest "
                        "first:\n  1. openvino cpu int8: "));
  EXPECT_THAT(
      text, ::testing::HasSubstr("  fails max-flips 0.5 %: 1.2 %, 0.7 points too much; max-drop 1 %: 2 %, 1 "
                                 "points too much: onnxruntime cpu int8: p50 18.00 ms"));
  EXPECT_THAT(render_fastest(all),
              ::testing::HasSubstr("fastest that passes the gates is openvino cpu int8"));
  for (Result& one : all) fill_gates(one, {.min_f1 = 0.99});
  EXPECT_THAT(render_fastest(all), ::testing::HasSubstr("biobert 4 x 128: no row that passes the gates"));
}

TEST(Evaluation, SaysWhyNothingWasCompared) {
  auto all = rows();
  for (const char* key : {"eval_flips", "eval_flip_share", "eval_flip_share_high"})
    all[0].metrics.set_absent(key, "there is no reference");
  EXPECT_EQ(describe_flips(all[0]), "");
  EXPECT_THAT(render_evaluation({all.data(), 1}),
              ::testing::HasSubstr("; not compared with fp32: there is no reference; accuracy"));
}

TEST(Evaluation, OfRowsWithoutOneSaysNothing) {
  EXPECT_EQ(render_evaluation(std::vector<Result>{testing::ok_result(1, 64, 3), testing::crashed_result()}),
            "");
}

TEST(Evaluation, CountsManyPredictionsWithCommas) {
  Result one = row("torch", "int8", 1, 1234, 0.0012345, 0.9);
  one.metrics.set("eval_words", 12'345'678);
  EXPECT_EQ(describe_flips(one), "1,234 of 12,345,678 predictions (at most 15,241, with 95 % confidence)");
}

}  // namespace
}  // namespace medbench
