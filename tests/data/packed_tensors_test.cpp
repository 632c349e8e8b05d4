#include "data/packed_tensors.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
