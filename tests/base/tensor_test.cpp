#include "base/tensor.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <limits>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using testing::expect_error;
using Shape = std::vector<std::int64_t>;

constexpr std::array kAll{DType::F64, DType::F32, DType::F16, DType::BF16, DType::I64,
                          DType::I32, DType::I16, DType::I8,  DType::U8,   DType::Bool};

TEST(DType, HasSizesAndNames) {
  const std::array<std::size_t, kAll.size()> sizes{8, 4, 2, 2, 8, 4, 2, 1, 1, 1};
  const std::array<const char*, kAll.size()> names{"F64", "F32", "F16", "BF16", "I64",
                                                   "I32", "I16", "I8",  "U8",   "BOOL"};
  for (std::size_t i = 0; i < kAll.size(); ++i) {
    EXPECT_EQ(size_of(kAll[i]), sizes[i]);
    EXPECT_EQ(to_string(kAll[i]), names[i]);
    EXPECT_EQ(is_floating_point(kAll[i]), i < 4);
  }
}

TEST(Shapes, AreCounted) {
  EXPECT_EQ(element_count(Shape{}), 1);
  EXPECT_EQ(element_count(Shape{4, 128, 768}), 393216);
  EXPECT_EQ(element_count(Shape{4, 0, 768}), 0);
  EXPECT_EQ(element_count(Shape{std::numeric_limits<std::int64_t>::max()}),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(shape_to_string(Shape{4, 128, 768}), "[4, 128, 768]");
  EXPECT_EQ(shape_to_string(Shape{}), "[]");
}

TEST(Shapes, AreRefusedWhenTheyMakeNoSense) {
  expect_error(ErrorKind::Usage, "[2, -1] has a negative dimension", [] { element_count(Shape{2, -1}); });
  expect_error(ErrorKind::Usage, "more elements", [] {
    element_count(Shape{std::int64_t{1} << 40, std::int64_t{1} << 23});
  });
  expect_error(ErrorKind::Usage, "negative", [] { element_count(Shape{0, -1}); });
}

TEST(HalfPrecision, EveryF16SurvivesTheWayThroughFloat) {
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = f16_to_float(half);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(f16_to_float(float_to_f16(value)))) << bits;
    } else {
      ASSERT_EQ(float_to_f16(value), half) << bits;
    }
  }
}

TEST(HalfPrecision, EveryBf16SurvivesTheWayThroughFloat) {
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto brain = static_cast<std::uint16_t>(bits);
    const float value = bf16_to_float(brain);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(bf16_to_float(float_to_bf16(value)))) << bits;
    } else {
      ASSERT_EQ(float_to_bf16(value), brain) << bits;
    }
  }
}

TEST(HalfPrecision, HasKnownValues) {
  EXPECT_EQ(f16_to_float(0x3C00), 1.0F);
  EXPECT_EQ(f16_to_float(0xC000), -2.0F);
  EXPECT_EQ(f16_to_float(0x7BFF), 65504.0F);
  EXPECT_EQ(f16_to_float(0x0001), 0x1p-24F);
  EXPECT_EQ(f16_to_float(0x0400), 0x1p-14F);
  EXPECT_TRUE(std::signbit(f16_to_float(0x8000)));
  EXPECT_EQ(f16_to_float(0xFC00), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(bf16_to_float(0x3F80), 1.0F);
  EXPECT_EQ(bf16_to_float(0x4049), 3.140625F);
}

// Between every two neighbouring halves: the middle goes to the even one, a little to either side goes there.
TEST(HalfPrecision, F16RoundsToNearestEven) {
  for (std::uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const auto low = static_cast<std::uint16_t>(bits);
    const auto high = static_cast<std::uint16_t>(bits + 1);
    const float middle = (f16_to_float(low) + f16_to_float(high)) / 2;  // exact
    ASSERT_EQ(float_to_f16(middle), bits % 2 == 0 ? low : high) << bits;
    ASSERT_EQ(float_to_f16(std::nextafter(middle, 0.0F)), low) << bits;
    ASSERT_EQ(float_to_f16(std::nextafter(middle, 1e9F)), high) << bits;
    ASSERT_EQ(float_to_f16(-middle), (bits % 2 == 0 ? low : high) | 0x8000) << bits;
  }
}

TEST(HalfPrecision, F16OverflowsToInfinity) {
  EXPECT_EQ(float_to_f16(65504.0F), 0x7BFF);
  EXPECT_EQ(float_to_f16(65519.99F), 0x7BFF);
  EXPECT_EQ(float_to_f16(65520.0F), 0x7C00);
  EXPECT_EQ(float_to_f16(-1e30F), 0xFC00);
  EXPECT_EQ(float_to_f16(std::numeric_limits<float>::denorm_min()), 0);
}

TEST(HalfPrecision, Bf16RoundsToNearestEven) {
  EXPECT_EQ(float_to_bf16(std::bit_cast<float>(0x3F808000U)), 0x3F80);
  EXPECT_EQ(float_to_bf16(std::bit_cast<float>(0x3F808001U)), 0x3F81);
  EXPECT_EQ(float_to_bf16(std::bit_cast<float>(0x3F818000U)), 0x3F82);
  EXPECT_EQ(float_to_bf16(std::bit_cast<float>(0x3F817FFFU)), 0x3F81);
  EXPECT_EQ(float_to_bf16(std::numeric_limits<float>::max()), 0x7F80) << "rounds to infinity";
  EXPECT_TRUE(std::isnan(bf16_to_float(float_to_bf16(std::bit_cast<float>(0x7F800001U)))))
      << "a NaN with low bits only";
  EXPECT_TRUE(std::isnan(bf16_to_float(float_to_bf16(std::bit_cast<float>(0x7FFFFFFFU)))));
}

TEST(HostTensor, StartsAsZerosAndAligned) {
  for (const DType dtype : kAll) {
    const HostTensor tensor(dtype, {3, 5});
    EXPECT_EQ(tensor.dtype(), dtype);
    EXPECT_EQ(tensor.shape(), (Shape{3, 5}));
    ASSERT_EQ(tensor.bytes().size(), 15 * size_of(dtype));
    EXPECT_THAT(tensor.bytes(), Each(std::byte{0}));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.bytes().data()) % 64, 0U);
  }
}

TEST(HostTensor, HandlesEmptyAndScalarShapes) {
  EXPECT_EQ(HostTensor(DType::F32, {}).f32().size(), 1U);
  EXPECT_TRUE(HostTensor(DType::F32, {0, 7}).f32().empty());
  EXPECT_TRUE(HostTensor().bytes().empty());
  EXPECT_TRUE(HostTensor::from_f32({0}, {}).f32().empty());
}

TEST(HostTensor, TakesValues) {
  const std::vector<std::int64_t> integers{1, -2, 3, 4};
  const HostTensor ids = HostTensor::from_i64({2, 2}, integers);
  EXPECT_THAT(ids.i64(), ElementsAre(1, -2, 3, 4));
  const std::vector<float> floats{1.5F, -2};
  HostTensor values = HostTensor::from_f32({2}, floats);
  values.f32()[1] = 7;
  EXPECT_THAT(std::as_const(values).f32(), ElementsAre(1.5F, 7));
  const TensorView view = values.view();
  EXPECT_EQ(view.dtype, DType::F32);
  EXPECT_EQ(view.shape, Shape{2});
  EXPECT_EQ(view.data.data(), values.bytes().data());
}

TEST(HostTensor, RefusesWhatDoesNotFit) {
  const std::vector<float> two{1, 2};
  expect_error(ErrorKind::Internal, "2 values given for a tensor of shape [3]",
               [&] { HostTensor::from_f32({3}, two); });
  const HostTensor tensor(DType::F32, {1});
  expect_error(ErrorKind::Internal, "a F32 tensor was read as I64", [&] { static_cast<void>(tensor.i64()); });
  expect_error(ErrorKind::Usage, "negative", [] { HostTensor(DType::F32, {-1}); });
  expect_error(ErrorKind::Usage, "too large", [] { HostTensor(DType::F64, {std::int64_t{1} << 61}); });
}

template <class T>
TensorView unaligned_view(DType dtype, std::vector<T> values, std::vector<std::byte>& storage) {
  storage.resize(values.size() * sizeof(T) + 1);
  std::memcpy(storage.data() + 1, values.data(), values.size() * sizeof(T));
  return {dtype, {static_cast<std::int64_t>(values.size())}, std::span<const std::byte>(storage).subspan(1)};
}

TEST(ToFloat, ConvertsEveryTypeWhateverItsAlignment) {
  std::vector<std::byte> storage;
  EXPECT_THAT(to_float(unaligned_view<double>(DType::F64, {1.5, -2}, storage)), ElementsAre(1.5F, -2));
  EXPECT_THAT(to_float(unaligned_view<float>(DType::F32, {1.5F, -2}, storage)), ElementsAre(1.5F, -2));
  EXPECT_THAT(to_float(unaligned_view<std::uint16_t>(DType::F16, {0x3C00, 0xC000}, storage)),
              ElementsAre(1, -2));
  EXPECT_THAT(to_float(unaligned_view<std::uint16_t>(DType::BF16, {0x3F80, 0xC000}, storage)),
              ElementsAre(1, -2));
  EXPECT_THAT(to_float(unaligned_view<std::int64_t>(DType::I64, {1, -2}, storage)), ElementsAre(1, -2));
  EXPECT_THAT(to_float(unaligned_view<std::int32_t>(DType::I32, {1, -2}, storage)), ElementsAre(1, -2));
  EXPECT_THAT(to_float(unaligned_view<std::int16_t>(DType::I16, {1, -2}, storage)), ElementsAre(1, -2));
  EXPECT_THAT(to_float(unaligned_view<std::int8_t>(DType::I8, {1, -2}, storage)), ElementsAre(1, -2));
  EXPECT_THAT(to_float(unaligned_view<std::uint8_t>(DType::U8, {1, 254}, storage)), ElementsAre(1, 254));
  EXPECT_THAT(to_float(unaligned_view<std::uint8_t>(DType::Bool, {1, 0}, storage)), ElementsAre(1, 0));
  EXPECT_TRUE(to_float(TensorView{}).empty());
}

}  // namespace
}  // namespace medbench
