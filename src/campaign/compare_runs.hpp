// Stored results against each other: files, or the rows of folders.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "report/comparison.hpp"

namespace medbench {

// Two files are one row, whatever ran; two folders a row for every job that is in one of them, where a job
// that was run several times counts as so many processes. Throws Usage: what is no result or holds none, a
// file whose row is not ok, samples that are no durations (by position), and two files that did different
// work (by field).
std::vector<ComparedRow> compare_runs(const std::filesystem::path& baseline,
                                      const std::filesystem::path& candidate, double same_within);

// Throws Usage for a sample that is no duration, by its position in `origin`.
void check_samples(const Result& result, const std::string& origin);

// What makes two rows of folders the same: not how long or how often they were measured. Rows of the same
// work are neighbours in its order.
std::string row_key(const Job& job);
using RowsByKey = std::map<std::string, Result>;

// The rows of a folder that worked. Throws Usage: none did, a file that looks like a result and cannot be
// read as one, samples that are no durations.
RowsByKey read_rows(const std::filesystem::path& folder);

// A row for every key of either side. The baseline's are ok; a candidate that is not is a problem.
std::vector<ComparedRow> compare_rows(RowsByKey baseline, RowsByKey candidate, double same_within);

// The same work in the same region, or by which field they differ.
std::optional<std::string> find_other_work(const Job& a, const Job& b);

// What is not the work and yet may explain a difference: the machine, runtime, threads and precision that
// ran.
std::vector<std::string> find_circumstances(const Result& baseline, const Result& candidate);

}  // namespace medbench
