// From results to text: each format is a pure function, and the table of formats lists them. Nothing here
// writes a file, asks the machine anything or knows how the results came about; names and units of metrics
// come from the table of metrics.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "job/result.hpp"

namespace medbench {

// For people: one row a result, in order. Percentiles appear when one result has them; the precision that
// really ran is shown where it differs ("bf16 -> fp32"); a row that is not ok shows its status, stage and
// reason.
std::string render_table(std::span<const Result> results);

// Each kind of warning once, with the number of rows that have it and its advice. Empty without warnings.
std::string render_warnings(std::span<const Result> results);

// For programs: a JSON array with one object a result, ending with a newline.
std::string render_json(std::span<const Result> results);

struct ReportFormat {
  std::string_view name;
  std::string (*render)(std::span<const Result> results);
};

std::span<const ReportFormat> report_formats();

}  // namespace medbench
