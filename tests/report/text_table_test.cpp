#include "report/text_table.hpp"

#include <gtest/gtest.h>
#include <limits>

#include "base/error.hpp"

namespace medbench {
namespace {

TEST(TextTable, PadsEachColumnToItsWidestCell) {
  TextTable table({{"name", Align::Left}, {"n", Align::Right}});
  table.add_row({"a", "1000"});
  table.add_row({"longer", "2"});
  EXPECT_EQ(table.render(),
            "name       n\n"
            "------  ----\n"
            "a       1000\n"
            "longer     2\n");
}

TEST(TextTable, CountsCodePointsNotBytes) {
  TextTable table({{"é", Align::Left}, {"x", Align::Left}});
  table.add_row({"naïve", "1"});
  EXPECT_EQ(table.render(),
            "é      x\n"
            "-----  -\n"
            "naïve  1\n");
}

TEST(TextTable, LeavesNoSpacesAtLineEnds) {
  TextTable table({{"a"}, {"a longer header"}});
  table.add_row({"1"});
  EXPECT_EQ(table.render(),
            "a  a longer header\n"
            "-  ---------------\n"
            "1\n");
}

TEST(TextTable, KeepsARowOnOneLine) {
  TextTable table({{"a"}});
  table.add_row({"x\ny\x1b[31m"});
  EXPECT_EQ(table.render(), "a\n------------\nx\\ny\\x1b[31m\n");
}

TEST(TextTable, RefusesARowThatIsTooLong) {
  TextTable table({{"a"}});
  EXPECT_THROW(table.add_row({"1", "2"}), Error);
}

TEST(DisplayWidth, IsZeroForEmptyText) {
  EXPECT_EQ(display_width(""), 0U);
}

TEST(FormatNumber, KeepsFourDigits) {
  EXPECT_EQ(format_number(0), "0");
  EXPECT_EQ(format_number(0.12344), "0.1234");
  EXPECT_EQ(format_number(0.99996), "1.000");
  EXPECT_EQ(format_number(9.9994), "9.999");
  EXPECT_EQ(format_number(9.9996), "10.00");
  EXPECT_EQ(format_number(12.345678), "12.35");
  EXPECT_EQ(format_number(185.44), "185.4");
  EXPECT_EQ(format_number(999.96), "1000");
  EXPECT_EQ(format_number(1283.4), "1283");
  EXPECT_EQ(format_number(-12.5), "-12.50");
  EXPECT_EQ(format_number(std::numeric_limits<double>::infinity()), "-");
  EXPECT_EQ(format_number(std::numeric_limits<double>::quiet_NaN()), "-");
}

}  // namespace
}  // namespace medbench
