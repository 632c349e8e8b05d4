#include "data/packed_tensors.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utility>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;

std::vector<ir::InputSpec> packed_specs() {
  return {
      {.name = "ids", .dtype = DType::I64, .shape = {ir::kTokens}, .role = ir::Role::Ids, .domain = {0, 99}},
      {.name = "offsets",
       .dtype = DType::I64,
       .shape = {ir::kBatch + 1},
       .role = ir::Role::Offsets,
       .domain = {}},
      {.name = "types",
       .dtype = DType::I64,
       .shape = {ir::kTokens},
       .role = ir::Role::Types,
       .domain = {0, 1}},
      {.name = "positions",
       .dtype = DType::I64,
       .shape = {ir::kTokens},
       .role = ir::Role::Positions,
       .domain = {}}};
}

std::vector<EncodedText> texts() {
  return {{.ids = {2, 7, 3}}, {.ids = {2, 3}}, {.ids = {2, 8, 3, 9, 3}, .second_begins = 3}};
}

TEST(PackedTensors, LieOneAfterTheOther) {
  const NamedTensors tensors = packed_tensors(texts(), packed_specs());
  EXPECT_THAT(tensors.at("ids").i64(), ElementsAre(2, 7, 3, 2, 3, 2, 8, 3, 9, 3));
  EXPECT_THAT(tensors.at("offsets").i64(), ElementsAre(0, 3, 5, 10));
  EXPECT_THAT(tensors.at("types").i64(), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 1, 1));
  EXPECT_THAT(tensors.at("positions").i64(), ElementsAre(0, 1, 2, 0, 1, 0, 1, 2, 3, 4));
}

TEST(PackedTensors, SayWhereTextsLieWhenPadded) {
  const auto made = [](ir::Role role, ir::Shape shape) {
    const ir::InputSpec spec{
        .name = "x", .dtype = DType::I64, .shape = std::move(shape), .role = role, .domain = {}};
    return std::move(packed_tensors(texts(), std::array{spec}).at("x"));
  };
  EXPECT_THAT(made(ir::Role::PaddedTokens, {ir::kBatch, ir::kSeq}).i64(),
              ElementsAre(0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 5, 6, 7, 8, 9));
  EXPECT_THAT(made(ir::Role::PaddedMask, {ir::kBatch, ir::kSeq}).i64(),
              ElementsAre(1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1));
  EXPECT_THAT(made(ir::Role::PaddedPlaces, {ir::kTokens}).i64(),
              ElementsAre(0, 1, 2, 5, 6, 10, 11, 12, 13, 14));
  EXPECT_THAT(made(ir::Role::PaddedOrder, {ir::kBatch, ir::kSeq}).i64(),
              ElementsAre(0, 1, 2, 5, 6, 10, 11, 12, 13, 14, 3, 4, 7, 8, 9));
}

TEST(PackedTensors, TellThePlacesOfEmptyTexts) {
  const std::array<std::int64_t, 5> offsets{0, 0, 3, 3, 4};
  EXPECT_EQ(longest_text(offsets), 3);
  HostTensor places(DType::I64, {4});
  ASSERT_TRUE(fill_places(places, ir::Role::PaddedPlaces, offsets));
  EXPECT_THAT(places.i64(), ElementsAre(3, 4, 5, 9));
  EXPECT_FALSE(fill_places(places, ir::Role::Ids, offsets));
}

TEST(PackedTensors, AreCounted) {
  EXPECT_EQ(packed_axes(texts()), (Axes{{Axis::Batch, 3}, {Axis::Seq, 5}, {Axis::Tokens, 10}}));
  EXPECT_THAT(packed_lengths(packed_specs(), packed_tensors(texts(), packed_specs())), ElementsAre(3, 2, 5));
  EXPECT_THAT(packed_lengths({}, {}), ElementsAre());
}

TEST(PackedTensors, HaveNoMask) {
  const ir::InputSpec mask{
      .name = "mask", .dtype = DType::I64, .shape = {ir::kTokens}, .role = ir::Role::Mask, .domain = {}};
  testing::expect_error(ErrorKind::Usage, "the model's input mask cannot be made of texts without padding",
                        [&] { (void)packed_tensors(texts(), std::array{mask}); });
}

}  // namespace
}  // namespace medbench
