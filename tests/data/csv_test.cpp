#include "data/csv.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> read_all(std::string_view text, char separator = ',') {
  CsvReader reader(text, separator, "f.csv");
  std::vector<Row> rows;
  Row row;
  while (reader.next(row)) rows.push_back(row);
  return rows;
}

TEST(Csv, PlainRowsWithEveryLineEnd) {
  const std::vector<Row> expected = {{"a", "b"}, {"c", "d"}};
  EXPECT_EQ(read_all("a,b\nc,d\n"), expected);
  EXPECT_EQ(read_all("a,b\r\nc,d"), expected);
  EXPECT_EQ(read_all("a,b\rc,d\r"), expected);
  EXPECT_EQ(read_all("a\tb\nc\td\n", '\t'), expected);
}

TEST(Csv, EmptyFieldsAndLines) {
  EXPECT_EQ(read_all(""), std::vector<Row>{});
  EXPECT_EQ(read_all("\n\r\n\n"), std::vector<Row>{});
  EXPECT_EQ(read_all("a\n\nb"), (std::vector<Row>{{"a"}, {"b"}}));
  EXPECT_EQ(read_all(",\n,,x"), (std::vector<Row>{{"", ""}, {"", "", "x"}}));
  EXPECT_EQ(read_all("\"\"\n"), (std::vector<Row>{{""}}));
}

TEST(Csv, QuotedFields) {
  EXPECT_EQ(read_all("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\r\nthree\"\nx,y,z"),
            (std::vector<Row>{{"a,b", "say \"hi\"", "two\nlines\r\nthree"}, {"x", "y", "z"}}));
  EXPECT_EQ(read_all("\"\"\"\""), (std::vector<Row>{{"\""}}));
  // A quote inside an unquoted field is an ordinary character.
  EXPECT_EQ(read_all("5\" tube,b"), (std::vector<Row>{{"5\" tube", "b"}}));
}

TEST(Csv, BetweenTabsOnlyAWholeFieldIsQuoted) {
  EXPECT_EQ(read_all("a\t\"\n\"\tb\n5\" tube\t\"x\n", '\t'),
            (std::vector<Row>{{"a", "\""}, {"\"", "b"}, {"5\" tube", "\"x"}}));
  EXPECT_EQ(read_all("\"a, b\"\t\"say \"\"hi\"\"\"\t\"\"\n", '\t'),
            (std::vector<Row>{{"a, b", "say \"hi\"", ""}}));
  EXPECT_EQ(read_all("\"a\" and \"b\"\t\"\"\"\n", '\t'), (std::vector<Row>{{"\"a\" and \"b\"", "\"\"\""}}));
}

TEST(Csv, CountsLinesInsideQuotes) {
  CsvReader reader("h\n\"a\nb\nc\"\n\nlast", ',', "f.csv");
  Row row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(reader.line(), 1U);
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(reader.line(), 2U);
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(reader.line(), 6U);
  EXPECT_FALSE(reader.next(row));
  EXPECT_TRUE(row.empty());
}

TEST(Csv, Errors) {
  testing::expect_error(ErrorKind::Usage, "f.csv: line 2: the quote that opens here is never closed",
                        [] { read_all("a\n\"b\nc\n"); });
  testing::expect_error(ErrorKind::Usage, "f.csv: line 3: text after a closing quote",
                        [] { read_all("a\n\"b\nb\"x\n"); });
}

}  // namespace
}  // namespace medbench
