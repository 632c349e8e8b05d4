#include "report/parity_advice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/precision.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result judged(const std::string& backend, std::string_view precision, double cosine) {
  Result result = testing::ok_result(1, 64, 20);
  result.job.target.backend = backend;
  result.job.target.precision = precision;
  result.metrics.set("acc_cosine", cosine);
  result.parity = cosine >= 0.999;
  return result;
}

Result int8(const std::string& backend, const Quantization& quantization, std::int64_t applied_group) {
  Result result = judged(backend, kInt8, 0.989);
  result.job.target.quantization = quantization;
  result.details["backend"]["quantization"] = {{"group_size", applied_group}};
  return result;
}

std::string advice(const Result& row) {
  return render_parity_advice({&row, 1});
}

TEST(ParityAdvice, IsNoneWhereAllHoldsOrNothingWasJudged) {
  const std::vector<Result> rows{judged("torch", kFp32, 1), testing::ok_result(1, 64, 20),
                                 testing::crashed_result()};
  EXPECT_EQ(render_parity_advice(rows), "");
}

TEST(ParityAdvice, SaysWhatHoldsHereAndTheOptionForInt8) {
  const std::vector<Result> rows{judged("torch", kFp32, 1), judged("torch", kBf16, 0.9995),
                                 int8("torch", {}, 0), int8("torch", {}, 0), judged("openvino", kFp32, 1)};
  EXPECT_EQ(render_parity_advice(rows),
            "biobert torch cpu int8 dynamic: parity fails in 2 of 2 rows, cosine 0.9890 of 0.999; here it "
            "holds in fp32, "
            "bf16; for int8 that holds, give --deployment a file with {\"quantization_method\": \"dynamic\", "
            "\"group_size\": 64}\n");
}

TEST(ParityAdvice, IsOfWhatTheBackendApplied) {
  EXPECT_THAT(advice(int8("onnxruntime", {}, 0)), HasSubstr("\"group_size\": 64"));
  EXPECT_THAT(advice(int8("openvino", {}, 0)), HasSubstr("give --int8 static"));
  EXPECT_THAT(advice(int8("torch", {}, 64)), HasSubstr("give --int8 weight-only"));
  Quantization four;
  four.bits = 4;
  EXPECT_THAT(advice(int8("torch", four, 64)), HasSubstr("{\"quantization_bits\": 8}"));
  Quantization weights;
  weights.method = QuantizationMethod::WeightOnly;
  EXPECT_THAT(advice(int8("torch", weights, 128)), HasSubstr("\"group_size\": 32"));
  EXPECT_THAT(advice(int8("torch", weights, 32)), Not(HasSubstr("--deployment"))) << "nothing finer is there";
  Result without = int8("torch", {}, 0);
  without.job.target.options["torch.own_kernels"] = "off";
  EXPECT_THAT(advice(without), HasSubstr("give --int8 static"));
}

TEST(ParityAdvice, TellsMethodsApart) {
  Quantization calibrated;
  calibrated.method = QuantizationMethod::Static;
  Result holds = int8("openvino", calibrated, 0);
  holds.metrics.set("acc_cosine", 0.9997);
  holds.parity = true;
  const std::vector<Result> rows{int8("openvino", {}, 0), holds};
  EXPECT_EQ(
      render_parity_advice(rows),
      "biobert openvino cpu int8 dynamic: parity fails in 1 of 1 row, cosine 0.9890 of 0.999; here it holds "
      "in int8 static\n");
}

TEST(ParityAdvice, LeavesConvolutionsInFloatingPointWhereTheyFail) {
  Quantization calibrated;
  calibrated.method = QuantizationMethod::Static;
  Result row = int8("onnxruntime", calibrated, 0);
  row.job.work.axes.set(Axis::Height, 64);
  EXPECT_THAT(advice(row), HasSubstr("give --int8 weight-only"));
}

TEST(ParityAdvice, NamesFp32ForOtherPrecisions) {
  EXPECT_THAT(advice(judged("torch", kFp16, 0.9)), HasSubstr("; try --precision fp32"));
  EXPECT_THAT(advice(judged("torch", kFp32, 0.9)), ::testing::EndsWith("cosine 0.9000 of 0.99999\n"));
}

}  // namespace
}  // namespace medbench
