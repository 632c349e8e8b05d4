// What is said of a row wherever it stands on a page.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "job/result.hpp"

namespace medbench {

// "19.80 to 20.20", the 95 % interval of the median in ms; empty where there is none.
std::string interval_text(const Result& row);
// Why a metric has no value: "needs at least 64 samples". Empty where it has one, and where nothing is said.
std::string why_absent(const Result& row, std::string_view metric);

// "19.93 to 20.23 in 3 processes": between which medians in ms the processes lie, or the turns of a single
// one; where there are two, both. Empty where there is one.
std::string parts_text(const Result& row);

// Of a table: for each of these metrics that some row lacks, why. HTML; empty where none is.
struct NamedMetric {
  std::string_view key;
  std::string_view heading;
};
std::string absence_note(std::span<const Result* const> rows, std::span<const NamedMetric> metrics);

}  // namespace medbench
