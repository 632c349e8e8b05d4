// The columns of a summary, as data: every format of it has the same, in the same order.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "job/result.hpp"

namespace medbench {

struct SummaryColumn {
  std::string name;
  std::function<Json(const Result&)> value;  // a number, a text, or null where there is none
};

// The guide's columns first, then ours: what tells rows apart, every other row of the table of metrics, and
// where the numbers come from.
const std::vector<SummaryColumn>& summary_columns();
// Throws Internal when there is none of that name.
const SummaryColumn& summary_column(std::string_view name);

}  // namespace medbench
