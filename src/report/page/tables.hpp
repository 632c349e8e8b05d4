// Tables of rows with a picture in each: the picture and the numbers behind it stand side by side, so that
// nothing is told by a picture alone, and both read on a narrow screen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/page/model.hpp"
#include "report/page/scale.hpp"

namespace medbench {

// One line of a table; the cells are HTML.
struct PictureRow {
  const Result* row = nullptr;
  std::string picture;
  std::vector<std::string> cells;
};

struct PictureTable {
  std::string axis;                   // above the pictures; HTML
  std::vector<std::string> headings;  // of the cells; HTML
  std::vector<PictureRow> rows;       // empty: there is nothing to show
  std::string note{};                 // below the table; HTML
};

// A picture of its own size, with places in percent of its width. `marks` is SVG.
std::string picture(std::string_view marks);
// The ticks of a scale, with the unit.
std::string axis(const Scale& scale, std::string_view unit);
// A bar with what a pointer is told; the text is escaped here.
std::string bar(double from_percent, double to_percent, std::string_view style, std::string_view told);

// A page of more rows opens with its groups folded, and its script draws what it can from the data.
inline constexpr std::size_t kManyRows = 80;

struct Chart {
  std::string_view id;
  std::string_view title;
  std::string_view note;  // what is drawn and how to read it; HTML
  PictureTable (*make)(const PageModel& model, const PageGroup& group);
};

// The chart of every group that has one, groups of different machines apart. Empty where none has.
std::string render_chart(const PageModel& model, const Chart& chart);
// The frame of a chart around its content.
std::string chart_section(std::string_view id, std::string_view title, std::string_view note,
                          const std::string& content);
// A part of a section that can be folded; open where the page is short.
std::string folded(const PageModel& model, const PageMachine& machine, const std::string& title,
                   std::size_t rows, const std::string& content);

}  // namespace medbench
