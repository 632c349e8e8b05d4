#include "report/int8_advice.hpp"

#include <gtest/gtest.h>

#include "base/precision.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

Result row_of(const std::string& backend, QuantizationMethod method, const std::string& effective) {
  Result result = testing::ok_result(1, 64, 20);
  result.job.target.backend = backend;
  result.job.target.precision = kInt8;
  result.job.target.quantization.emplace().method = method;
  result.effective_precision = effective;
  return result;
}

TEST(Int8Advice, NamesTheCommandWhereProductsStayedInFloatingPoint) {
  using enum QuantizationMethod;
  const std::vector<Result> rows{row_of("torch", Dynamic, "int8"),
                                 row_of("openvino", Dynamic, "int8-weights"),
                                 row_of("openvino", Dynamic, "int8-weights")};
  EXPECT_EQ(
      render_int8_advice(rows),
      "biobert openvino int8 dynamic: products stayed in floating point, which calibrated ranges make "
      "integers of: medbench matrix --models biobert --backend openvino --precision int8 --int8 static\n");
}

TEST(Int8Advice, IsNotForWhoAskedForIt) {
  using enum QuantizationMethod;
  EXPECT_EQ(render_int8_advice(
                std::vector{row_of("openvino", Dynamic, "int8-weights"), row_of("openvino", Static, "int8")}),
            "");
  EXPECT_EQ(render_int8_advice(std::vector{row_of("openvino", WeightOnly, "int8-weights")}), "");
  EXPECT_EQ(render_int8_advice({}), "");
}

TEST(Int8Advice, IsForConvolutionsByDynamicRanges) {
  Result row = row_of("onnxruntime", QuantizationMethod::Dynamic, "fp32+int8");
  row.job.work.axes.set(Axis::Height, 64);
  const std::string text = render_int8_advice({&row, 1});
  EXPECT_NE(text.find("convolutions stayed in floating point"), std::string::npos) << text;
  row.job.target.backend = "pjrt";
  EXPECT_EQ(render_int8_advice({&row, 1}), "") << "it has none";
}

}  // namespace
}  // namespace medbench
