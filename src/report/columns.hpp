// The one table of the columns of results: what each is called, its value, how that is written, and when it
// stands in which form. All forms read it; a column of the table, of Markdown or of the summaries is a row
// here, and a metric that no row names is a column of the summaries.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "job/result.hpp"
#include "report/text_table.hpp"

namespace medbench {

enum class When : std::uint8_t {
  Never,
  Always,
  Present,     // some row has a value
  Differs,     // not all rows have the same; Markdown says in a line above its table what they share
  OfTexts,     // the inputs of some row are texts
  OfTokens,    // some row has tokens, and the inputs of none are texts
  OwnKernels,  // kernels of medbench's own did part of some row's work
};

// From left to right for people, and within a place as in the table of columns.
enum class Place : std::uint8_t {
  Model,
  Backend,
  Target,
  Shape,
  Median,
  Mean,
  Tail,
  Rate,
  Memory,
  Effort,
  Verdict
};

struct Column {
  std::string key;                             // in the summaries; empty: for people alone
  std::function<Json(const Result&)> value{};  // a number, a text, or null where there is none
  std::string heading{};                       // on the screen and in Markdown
  When summary = When::Always;
  When markdown = When::Never;
  When screen = When::Never;
  Place place = Place::Model;
  Align align = Align::Left;
  std::string_view format{};  // of a number that is no whole one; empty: four digits
};

// In the order of the summaries: the guide's columns first, then ours: what tells rows apart,
// every other row of the table of metrics, and where the numbers come from.
const std::vector<Column>& columns();

bool is_shown(When when, const Column& column, std::span<const Result> results);
// Those that one form of these results has, such as `&Column::screen`.
std::vector<const Column*> columns_of(When Column::*form, std::span<const Result> results);
// For people: in the order of their places.
void sort_by_place(std::vector<const Column*>& columns);

// "fp16 -> fp32", "int8 static -> fp32" where something else ran than what was asked for.
std::string asked_and_ran_precision(const Result& result);

// As people read it; empty where there is none. Not escaped.
std::string cell_text(const Column& column, const Result& result);

// A path by its last part; the whole is in the files for programs.
std::string name_of_model(const Result& result);

}  // namespace medbench
