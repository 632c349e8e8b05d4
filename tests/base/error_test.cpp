#include "base/error.hpp"

#include <gtest/gtest.h>

namespace medbench {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";

TEST(Error, HoldsItsKindAndMessage) {
  const Error error = usage_error("batch size {} is not {}", 0, "positive");
  EXPECT_EQ(error.kind(), ErrorKind::Usage);
  EXPECT_STREQ(error.what(), "batch size 0 is not positive");
  EXPECT_EQ(unsupported_error("x").kind(), ErrorKind::Unsupported);
  EXPECT_EQ(environment_error("x").kind(), ErrorKind::Environment);
  EXPECT_EQ(runtime_failure("x").kind(), ErrorKind::Runtime);
  EXPECT_EQ(internal_error("x").kind(), ErrorKind::Internal);
}

TEST(Error, KindsHaveNames) {
  EXPECT_EQ(to_string(ErrorKind::Usage), "usage");
  EXPECT_EQ(to_string(ErrorKind::Unsupported), "unsupported");
  EXPECT_EQ(to_string(ErrorKind::Environment), "environment");
  EXPECT_EQ(to_string(ErrorKind::Runtime), "runtime");
  EXPECT_EQ(to_string(ErrorKind::Internal), "internal");
}

TEST(Printable, LeavesGoodTextAlone) {
  const std::string text =
      "Gr\xC3\xBC\xC3\x9F"
      "e \xE4\xBD\xA0\xE5\xA5\xBD \xF0\x9F\x98\x80 ~!\"";
  EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, EscapesControlCharacters) {
  EXPECT_EQ(printable("a\nb\tc"), "a\\nb\\tc");
  EXPECT_EQ(printable(std::string_view("\0\x1b[0m\x7f\r", 7)), "\\x00\\x1b[0m\\x7f\\x0d");
}

TEST(Printable, ReplacesInvalidUtf8) {
  const auto replaced = [](int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += kReplacement;
    return out;
  };
  EXPECT_EQ(printable("a\xFF"
                      "b"),
            std::string("a") + kReplacement + "b");
  EXPECT_EQ(printable("\x80"), replaced(1)) << "a continuation alone";
  EXPECT_EQ(printable("\xC3"), replaced(1)) << "cut short";
  EXPECT_EQ(printable("\xC0\x80"), replaced(2)) << "overlong";
  EXPECT_EQ(printable("\xE0\x80\x80"), replaced(3)) << "overlong";
  EXPECT_EQ(printable("\xED\xA0\x80"), replaced(3)) << "surrogate";
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), replaced(4)) << "beyond U+10FFFF";
  EXPECT_EQ(printable("\xF0\x9F\x98"), replaced(3)) << "cut short";
  EXPECT_EQ(printable("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"),
            "\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF");
}

TEST(Printable, CutsBetweenCharacters) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef...");
  EXPECT_EQ(printable("ab\xC3\xBC", 3), "ab...");
  EXPECT_EQ(printable("ab\n", 3), "ab...");
  std::string huge;
  huge.resize(10'000'000, 'x');
  EXPECT_EQ(printable(huge, 5), "xxxxx...");
}

TEST(Error, BeginsWithItsSubject) {
  const Error error = usage_error("no such {}", "folder").about("m");
  EXPECT_STREQ(error.what(), "m: no such folder");
  EXPECT_STREQ(error.about("--model m").what(), "--model m: no such folder");
  EXPECT_EQ(error.about("--model m").subject(), "--model m");
  EXPECT_EQ(error.kind(), ErrorKind::Usage);
  EXPECT_STREQ(usage_error("alone").what(), "alone");
}

}  // namespace
}  // namespace medbench
