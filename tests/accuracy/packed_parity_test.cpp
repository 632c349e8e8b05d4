#include "accuracy/packed_parity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accuracy/parity_evaluator.hpp"
#include "data/safetensors.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/results.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Numbers = std::vector<std::int64_t>;

HostTensor ids(std::vector<std::int64_t> shape, const Numbers& values) {
  return HostTensor::from_i64(std::move(shape), values);
}

TEST(TextPlaces, PadBehindShorterTexts) {
  const HostTensor offsets = ids({3}, {0, 1, 3});
  const TextPlaces places(offsets.view());
  const HostTensor packed = HostTensor::from_f32({3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6});
  const HostTensor padded = places.pad(packed.view(), 2);
  EXPECT_EQ(padded.shape(), (Numbers{2, 2, 2}));
  EXPECT_THAT(padded.f32(), ElementsAre(1, 2, 0, 0, 3, 4, 5, 6));
  EXPECT_THAT(places.mask(3).i64(), ElementsAre(1, 0, 0, 1, 1, 0));
  testing::expect_error(ErrorKind::Usage, "[3, 2] is not 3 tokens of texts of at most 1",
                        [&] { (void)places.pad(packed.view(), 1); });
}

TEST(TextPlaces, FindTheSameTexts) {
  const HostTensor offsets = ids({3}, {0, 1, 3});
  const TextPlaces places(offsets.view());
  const HostTensor packed = ids({3}, {7, 8, 9});
  const auto same = [&](const HostTensor& padded) {
    return places.hold_the_same(packed.view(), padded.view());
  };
  EXPECT_TRUE(same(ids({2, 2}, {7, 0, 8, 9})));
  EXPECT_FALSE(same(ids({2, 2}, {7, 0, 8, 1})));
  EXPECT_FALSE(same(ids({2, 3}, {7, 0, 0, 8, 9, 0}))) << "the longest text has 2 tokens";
  EXPECT_FALSE(same(ids({1, 2}, {7, 0})));
  EXPECT_FALSE(same(HostTensor::from_f32({2, 2}, std::vector<float>(4))));
}

TEST(TextPlaces, RefuseOffsetsThatFall) {
  testing::expect_error(ErrorKind::Internal, "do not ascend from 0", [] {
    (void)TextPlaces(ids({3}, {0, 2, 1}).view());
  });
  testing::expect_error(ErrorKind::Internal, "do not ascend from 0", [] {
    (void)TextPlaces(ids({2}, {1, 2}).view());
  });
}

class PackedParity : public ::testing::Test {
 protected:
  static ir::InputSpec spec(const char* name, ir::Role role) {
    return {.name = name, .dtype = DType::I64, .shape = {}, .role = role, .domain = {}};
  }

  [[nodiscard]] Result judged(const Numbers& packed_ids, const HostTensor& answer,
                              HostTensor expected) const {
    NamedTensors reference;
    reference.emplace("ids", ids({2, 2}, {7, 0, 8, 9}));
    reference.emplace("mask", ids({2, 2}, {1, 0, 1, 1}));
    reference.emplace("output", std::move(expected));
    const std::string file = write_safetensors(folder.path() / "reference", reference).string();
    NamedTensors inputs;
    inputs.emplace("ids", ids({3}, packed_ids));
    inputs.emplace("offsets", ids({3}, {0, 1, 3}));
    inputs.emplace("positions", ids({3}, {0, 0, 1}));
    NamedTensors outputs;
    outputs.emplace("output", HostTensor::from_f32(answer.shape(), answer.f32()));
    Result result = testing::ok_result(1, 2, 20);
    ParityEvaluator evaluator(
        {.file = file},
        {spec("ids", ir::Role::Ids), spec("offsets", ir::Role::Offsets),
         spec("positions", ir::Role::Positions)},
        {.name = "output", .class_axis = 1, .kind = ir::OutputKind::Hidden, .labels = {}});
    evaluator.add(inputs, outputs);
    evaluator.fill(result);
    return result;
  }

  testing::TemporaryFolder folder;
  HostTensor padded = HostTensor::from_f32({2, 2, 2}, std::vector<float>{1, 2, 99, 99, 3, 4, 5, 6});
};

TEST_F(PackedParity, IsTokenByToken) {
  const HostTensor same = HostTensor::from_f32({3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6});
  const Result equal = judged({7, 8, 9}, same, std::move(padded));
  EXPECT_EQ(equal.status, Status::Ok) << equal.acc_error;
  EXPECT_EQ(equal.parity, true);
  EXPECT_EQ(equal.metrics.get("acc_max_abs"), 0);
  EXPECT_EQ(equal.metrics.get("acc_top1_match"), 1);
}

TEST_F(PackedParity, SeesAnotherAnswer) {
  const HostTensor other = HostTensor::from_f32({3, 2}, std::vector<float>{1, 2, 5, 6, 3, 4});
  const Result result = judged({7, 8, 9}, other, std::move(padded));
  EXPECT_EQ(result.parity, false);
  EXPECT_EQ(result.metrics.get("acc_max_abs"), 2);
}

TEST_F(PackedParity, TakesOneVectorAText) {
  const HostTensor pooled = HostTensor::from_f32({2, 2}, std::vector<float>{1, 2, 3, 4});
  const Result result =
      judged({7, 8, 9}, pooled, HostTensor::from_f32({2, 2}, std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(result.parity, true) << result.acc_error;
}

TEST_F(PackedParity, IsOfTheSameTexts) {
  const HostTensor same = HostTensor::from_f32({3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6});
  const Result result = judged({7, 8, 1}, same, std::move(padded));
  EXPECT_EQ(result.status, Status::AccError);
  EXPECT_THAT(result.acc_error, HasSubstr("ids differs from that of the reference"));
}

}  // namespace
}  // namespace medbench
