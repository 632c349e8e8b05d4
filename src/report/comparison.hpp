// What became of comparing rows, as text, Markdown, JSON and JUnit's XML.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "job/result.hpp"
#include "stats/pairs.hpp"
#include "stats/processes.hpp"

namespace medbench {

// What a test by pairs or by processes found.
struct Comparison {
  Verdict verdict = Verdict::Undecided;
  std::size_t n = 0;                   // pairs, or processes on the smaller side
  std::optional<double> ratio{};       // of the candidate's latency to the baseline's: below 1 is faster
  std::optional<Interval> interval{};  // of the ratio
  std::optional<double>
      detectable{};  // a difference (a share) that so many would have shown four times of five
};

Comparison to_comparison(const PairComparison& found);
Comparison to_comparison(const ProcessComparison& found);

struct ComparedRow {
  std::string name;                // "biobert 4 x 128 torch cpu fp32"
  std::optional<Result> baseline;  // with the samples of all processes
  std::optional<Result> candidate;
  Comparison comparison;
  std::vector<std::string> notes;  // circumstances that differ, or how it was measured
  std::string problem;             // why there is no comparison; else empty
};

// What a CI is told. Failed: slower by more than the share with the whole interval, or not compared.
enum class Gate { Passed, Failed, CannotTell };
Gate gate_of(const ComparedRow& row, double max_slowdown);

// "the candidate is slower: 1.052 times the baseline's latency, 1.031 to 1.074 (95 %), 6 pairs; ...". What to
// do, where it cannot be told.
std::string verdict_line(const ComparedRow& row);

std::string render_comparison(std::span<const ComparedRow> rows);
std::string render_comparison_markdown(std::span<const ComparedRow> rows);
Json to_json(const ComparedRow& row);
// A test case a row: failed where it is a regression or could not be compared, skipped where it cannot be
// told.
std::string render_junit(std::span<const ComparedRow> rows, double max_slowdown);

}  // namespace medbench
