// From results to text: each format is a pure function, and the table of formats lists them. Nothing here
// writes a file, asks the machine anything or knows how the results came about; names and units of metrics
// come from the table of metrics.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "job/result.hpp"

namespace medbench {

// For people: one row a result, in order, with those columns of columns.hpp that these results have. A row
// that is not ok shows its status, stage and reason.
std::string render_table(std::span<const Result> results);

// Each kind of warning once, with the number of rows that have it and its advice. Empty without warnings.
std::string render_warnings(std::span<const Result> results);

// For programs: a JSON array with one object a result, ending with a newline.
std::string render_json(std::span<const Result> results);

// The summary: one record a result with the summaries' columns. RFC 4180, so lines end with CR LF; the first
// holds the names, and what is not known is an empty field.
std::string render_csv(std::span<const Result> results);

// The same as a JSON array of flat objects; what is not known is null.
std::string render_summary_json(std::span<const Result> results);

// For people: what all rows share, a table of the main columns, the fastest rows, the failures, the bounds of
// parity, the warnings.
std::string render_markdown(std::span<const Result> results);

// The files that hold a summary of a folder of results.
struct SummaryFile {
  const char* name;
  std::string (*render)(std::span<const Result> results);
};
std::span<const SummaryFile> summary_files();

}  // namespace medbench
