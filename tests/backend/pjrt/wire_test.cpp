#include "backend/pjrt/wire.hpp"

#include <gtest/gtest.h>

#include "backend/pjrt/program.hpp"
#include "tests/support/errors.hpp"

namespace medbench::pjrt {
namespace {

TEST(Wire, ReadsWhatItWrites) {
  std::string message;
  put_varint(message, 1, 0);
  put_varint(message, 300, UINT64_MAX);
  put_bytes(message, 2, "abc");
  Fields fields(message);
  Field field;
  ASSERT_TRUE(fields.next(field));
  EXPECT_EQ(field.number, 1U);
  EXPECT_EQ(field.value, 0U);
  ASSERT_TRUE(fields.next(field));
  EXPECT_EQ(field.number, 300U);
  EXPECT_EQ(field.value, UINT64_MAX);
  ASSERT_TRUE(fields.next(field));
  EXPECT_EQ(field.number, 2U);
  EXPECT_EQ(field.bytes, "abc");
  EXPECT_FALSE(fields.next(field));
}

TEST(Wire, StepsOverNumbersOfFixedSize) {
  using namespace std::string_view_literals;
  Fields fields(
      "\x09"
      "12345678"
      "\x15"
      "1234"
      "\x18\x07"sv);
  Field field;
  ASSERT_TRUE(fields.next(field));
  ASSERT_TRUE(fields.next(field));
  ASSERT_TRUE(fields.next(field));
  EXPECT_EQ(field.number, 3U);
  EXPECT_EQ(field.value, 7U);
}

TEST(Wire, ReadsRepeatedNumbersPackedOrNot) {
  std::string packed;
  put_bytes(packed, 36, "\x01\xac\x02\x03");
  put_varint(packed, 36, 9);
  std::vector<std::uint64_t> numbers;
  Field field;
  for (Fields fields(packed); fields.next(field);) append_numbers(field, numbers);
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{1, 300, 3, 9}));
}

TEST(Wire, RefusesWhatIsNoMessage) {
  using namespace std::string_view_literals;
  for (const std::string_view bytes :
       {"\x0a\x05"
        "ab"sv,
        "\x08"sv, "\x08\x80"sv, "\x0b"sv,
        "\x09"
        "123"sv,
        "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv}) {
    testing::expect_error(ErrorKind::Runtime, "message of the plug-in", [&] {
      Field field;
      for (Fields fields(bytes); fields.next(field);) {
      }
    });
  }
}

TEST(CompileOptions, AreTheSmallestThatXlaTakes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(compile_options(0), "\x1a\x04\x20\x01\x28\x01"sv);
  EXPECT_EQ(compile_options(3), "\x1a\x0e\x20\x01\x28\x01\x4a\x08\x08\x01\x10\x01\x1a\x02\x08\x03"sv);
}

}  // namespace
}  // namespace medbench::pjrt
