// What `compare` and `ab` have in common: how a comparison is judged, shown and told to a shell or a CI.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "medbench/option_parser.hpp"
#include "report/comparison.hpp"

namespace medbench {

// Where something was measured for the comparison.
inline constexpr double kUsualMaxSlowdownPercent = 3;

struct ComparisonOptions {
  double same_percent = 100 * kEquivalence;
  std::optional<double> max_slowdown_percent = {};
  std::optional<std::string> junit = {};     // file
  std::optional<std::string> markdown = {};  // file
  bool json = false;
  bool quiet = false;
};

void declare(OptionParser& parser, ComparisonOptions& options);

// Before anything is measured. Throws Usage where a file that was asked for cannot be written.
void check_output_files(const ComparisonOptions& options);

// Writes the files that were asked for, and the text or JSON to standard output. Throws Environment.
void show_comparison(std::span<const ComparedRow> rows, const ComparisonOptions& options);

// 1 where a row is slower by more than that or could not be compared, 4 where one cannot be told, else 0.
int exit_code_of_rows(std::span<const ComparedRow> rows, double max_slowdown);
// The same of rows that were measured for it: 2 where one could not be.
int exit_code_of_measured(std::span<const ComparedRow> rows, double max_slowdown);

}  // namespace medbench
