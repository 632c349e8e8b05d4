#include "backend/pjrt/argument_data.hpp"

#include <cstring>
#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::pjrt {
namespace {

using lower::Argument;
using lower::Content;

class ArgumentData : public ::testing::Test {
 protected:
  // "weight" is one tensor, "both" two of them.
  ArgumentData() {
    ir::GraphBuilder builder("graph");
    weight_ = builder.parameter("weight", {2, 3});
    both_ = builder.parameter("both", {4, 3}, DType::F32, {"weight", "weight"});
    builder.output("y", builder.add(builder.silu(weight_), builder.slice(both_, 0, 0, 2)));
    graph_ = builder.build();
    weights_.set("weight", HostTensor::from_f32({2, 3}, std::vector<float>{1, -2, 0.5, 0, 0, 0}));
  }

  ir::ParameterData read(Content content, ir::ValueId value, DType dtype, std::vector<std::int64_t> shape) {
    return reader_.read({content, value, 127, dtype, std::move(shape)});
  }

  template <class Number>
  static std::vector<Number> numbers(const ir::ParameterData& data) {
    std::vector<Number> result(data.view.data.size() / sizeof(Number));
    std::memcpy(result.data(), data.view.data.data(), data.view.data.size());
    return result;
  }

  ir::ValueId weight_ = 0;
  ir::ValueId both_ = 0;
  ir::Graph graph_;
  testing::MemoryParameters weights_;
  ArgumentReader reader_{graph_, weights_};
};

TEST_F(ArgumentData, IsTheSourcesOwnWhereItCanBe) {
  const ir::ParameterData data = read(Content::Parameter, weight_, DType::F32, {2, 3});
  EXPECT_EQ(data.view.data.data(), weights_.read("weight").view.data.data());
}

TEST_F(ArgumentData, IsConvertedToTheArgumentsType) {
  const ir::ParameterData data = read(Content::Parameter, weight_, DType::BF16, {2, 3});
  EXPECT_EQ(to_float({DType::BF16, {2, 3}, data.view.data}), (std::vector<float>{1, -2, 0.5, 0, 0, 0}));
}

TEST_F(ArgumentData, IsPutTogetherOfParts) {
  const ir::ParameterData data = read(Content::Parameter, both_, DType::F32, {4, 3});
  EXPECT_EQ(numbers<float>(data), (std::vector<float>{1, -2, 0.5, 0, 0, 0, 1, -2, 0.5, 0, 0, 0}));
}

TEST_F(ArgumentData, IsRoundedToIntegers) {
  EXPECT_EQ(numbers<std::int8_t>(read(Content::WeightInts, weight_, DType::I8, {2, 3})),
            (std::vector<std::int8_t>{64, -127, 32, 0, 0, 0}));
  EXPECT_EQ(numbers<float>(read(Content::WeightScales, weight_, DType::F32, {2})),
            (std::vector<float>{2.0F / 127, 1}));
  EXPECT_EQ(numbers<std::int32_t>(read(Content::WeightSums, weight_, DType::I32, {2})),
            (std::vector<std::int32_t>{-31, 0}));
}

TEST_F(ArgumentData, RefusesTensorsThatDoNotMakeTheShape) {
  for (const std::int64_t rows : {1, 3, 5}) {
    weights_.set("weight", HostTensor(DType::F32, {rows, 3}));
    testing::expect_error(ErrorKind::Usage, "do not make its shape", [&] {
      (void)read(Content::Parameter, weight_, DType::F32, {2, 3});
    });
  }
}

}  // namespace
}  // namespace medbench::pjrt
