#include "backend/pjrt/argument_data.hpp"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::pjrt {
namespace {

using lower::Content;

class ArgumentData : public ::testing::Test {
 protected:
  // "weight" is one tensor, "both" two of them.
  ArgumentData() {
    ir::GraphBuilder builder("graph");
    weight = builder.parameter("weight", {2, 3});
    both = builder.parameter("both", {4, 3}, DType::F32, {"weight", "weight"});
    builder.output("y", builder.add(builder.silu(weight), builder.slice(both, 0, 0, 2)));
    graph = builder.build();
    weights.set("weight", HostTensor::from_f32({2, 3}, std::vector<float>{1, -2, 0.5, 0, 0, 0}));
  }

  ir::ParameterData read(Content content, ir::ValueId value, DType dtype, std::vector<std::int64_t> shape) {
    return reader.read({content, value, {}, dtype, std::move(shape)});
  }

  template <class Number>
  static std::vector<Number> numbers(const ir::ParameterData& data) {
    std::vector<Number> result(data.view.data.size() / sizeof(Number));
    std::memcpy(result.data(), data.view.data.data(), data.view.data.size());
    return result;
  }

  ir::ValueId weight = 0;
  ir::ValueId both = 0;
  ir::Graph graph;
  testing::MemoryParameters weights;
  ArgumentReader reader{graph, weights};
};

TEST_F(ArgumentData, IsTheSourcesOwnWhereItCanBe) {
  const ir::ParameterData data = read(Content::Parameter, weight, DType::F32, {2, 3});
  EXPECT_EQ(data.view.data.data(), weights.read("weight").view.data.data());
}

TEST_F(ArgumentData, IsConvertedToTheArgumentsType) {
  const ir::ParameterData data = read(Content::Parameter, weight, DType::BF16, {2, 3});
  EXPECT_EQ(to_float({DType::BF16, {2, 3}, data.view.data}), (std::vector<float>{1, -2, 0.5, 0, 0, 0}));
}

TEST_F(ArgumentData, IsPutTogetherOfParts) {
  const ir::ParameterData data = read(Content::Parameter, both, DType::F32, {4, 3});
  EXPECT_EQ(numbers<float>(data), (std::vector<float>{1, -2, 0.5, 0, 0, 0, 1, -2, 0.5, 0, 0, 0}));
}

TEST_F(ArgumentData, IsRoundedToIntegers) {
  EXPECT_EQ(numbers<std::int8_t>(read(Content::WeightInts, weight, DType::I8, {2, 3})),
            (std::vector<std::int8_t>{64, -127, 32, 0, 0, 0}));
  EXPECT_EQ(numbers<float>(read(Content::WeightScales, weight, DType::F32, {2})),
            (std::vector<float>{2.0F / 127, 1}));
  EXPECT_EQ(numbers<std::int32_t>(read(Content::WeightSums, weight, DType::I32, {2})),
            (std::vector<std::int32_t>{-31, 0}));
}

TEST_F(ArgumentData, IsRoundedInGroups) {
  ir::GraphBuilder builder("groups");
  const ir::ValueId wide = builder.parameter("wide", {1, 64});
  builder.output("y", builder.silu(wide));
  const ir::Graph built = builder.build();
  std::vector<float> values(64, 1);
  values[32] = -2;
  weights.set("wide", HostTensor::from_f32({1, 64}, values));
  ArgumentReader of_groups{built, weights};
  const ir::QuantizedLinear op{.group = 32};
  const auto data = [&](Content content, DType dtype, std::vector<std::int64_t> shape) {
    return of_groups.read({content, wide, op, dtype, std::move(shape)});
  };
  // The fourth root of (-2)^2 equalises the only other weight to its square root.
  const auto equalisers = numbers<float>(data(Content::WeightEqualisers, DType::F32, {64}));
  EXPECT_EQ(equalisers[0], 1);
  EXPECT_FLOAT_EQ(equalisers[32], std::sqrt(2.0F));
  const auto integers = numbers<std::int8_t>(data(Content::WeightInts, DType::I8, {1, 2, 32}));
  EXPECT_EQ(integers[0], 127);
  EXPECT_EQ(integers[32], -127);
  const auto sums = numbers<std::int32_t>(data(Content::WeightSums, DType::I32, {1, 2}));
  ASSERT_EQ(sums.size(), 2U);
  EXPECT_EQ(sums[0], 32 * 127);
  EXPECT_EQ(sums[1], 31 * integers[33] - 127);
}

TEST_F(ArgumentData, RefusesTensorsThatDoNotMakeTheShape) {
  for (const std::int64_t rows : {1, 3, 5}) {
    weights.set("weight", HostTensor(DType::F32, {rows, 3}));
    testing::expect_error(ErrorKind::Usage, "do not make its shape", [&] {
      (void)read(Content::Parameter, weight, DType::F32, {2, 3});
    });
  }
}

}  // namespace
}  // namespace medbench::pjrt
