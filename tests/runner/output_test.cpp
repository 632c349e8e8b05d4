#include "runner/output.hpp"

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

constexpr std::size_t kMuch = 1'000'000;

TEST(LineReader, CutsLinesWhereverTheBytesAreCut) {
  const std::string text = "one\n\ntwo\r\nthree";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    LineReader reader(kMuch, kMuch);
    std::vector<std::string> lines;
    for (const auto& part : {text.substr(0, cut), text.substr(cut)}) {
      reader.append(part);
      while (auto line = reader.next()) lines.push_back(*line);
    }
    EXPECT_THAT(lines, ::testing::ElementsAre("one", "", "two")) << cut;
    EXPECT_EQ(reader.rest(), "three");
    EXPECT_EQ(reader.rest(), std::nullopt);
  }
}

TEST(LineReader, LimitsALine) {
  LineReader reader(5, kMuch);
  reader.append("12345\n123456");
  EXPECT_EQ(reader.next(), "12345");
  testing::expect_error(ErrorKind::Usage, "line of more than 5 bytes", [&] { reader.next(); });
  LineReader whole(5, kMuch);
  whole.append("123456\n");
  testing::expect_error(ErrorKind::Usage, "line of more than 5 bytes", [&] { whole.next(); });
}

TEST(LineReader, LimitsTheStream) {
  LineReader reader(5, 10);
  reader.append("1234\n1234\n");
  EXPECT_EQ(reader.next(), "1234");
  EXPECT_EQ(reader.next(), "1234");
  EXPECT_EQ(reader.next(), std::nullopt);
  reader.append("\n");
  testing::expect_error(ErrorKind::Usage, "more than 10 bytes", [&] { reader.next(); });
}

TEST(LineReader, ReadsALongLineInManyPieces) {
  LineReader reader(kMuch, 2 * kMuch);
  for (int i = 0; i < 100; ++i) {
    reader.append(std::string(1000, 'x'));
    EXPECT_EQ(reader.next(), std::nullopt);
  }
  reader.append("\n");
  EXPECT_EQ(reader.next(), std::string(100'000, 'x'));
}

TEST(TailBuffer, KeepsShortTextWhole) {
  TailBuffer tail(100);
  EXPECT_EQ(tail.lines(), "");
  tail.append("one\n\ntwo\r\nthr");
  tail.append("ee");
  EXPECT_EQ(tail.lines(), "one\ntwo\nthree");
  EXPECT_EQ(tail.lines(2), "two\nthree");
}

TEST(TailBuffer, DropsTheLineThatLostItsBeginning) {
  TailBuffer tail(8);
  tail.append("first line\n");
  tail.append("abc\nde\n");
  EXPECT_EQ(tail.lines(), "abc\nde");
  tail.append("0123456789\n0123456789");
  EXPECT_EQ(tail.lines(), "23456789") << "the only line there is";
}

TEST(TailBuffer, IsSafeToPrint) {
  TailBuffer tail(100);
  tail.append("\x1b[31mred\xff\n");
  EXPECT_EQ(tail.lines(), "\\x1b[31mred\xEF\xBF\xBD");
}

TEST(TailBuffer, HoldsExactlyItsCapacity) {
  TailBuffer tail(4);
  tail.append("abcd");
  EXPECT_EQ(tail.lines(), "abcd");
  tail.append("e");
  EXPECT_EQ(tail.lines(), "bcde");
}

}  // namespace
}  // namespace medbench
