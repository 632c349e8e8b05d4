// Stored results against each other: files, or the rows of folders.
#pragma once

#include <filesystem>
#include <vector>

#include "report/comparison.hpp"

namespace medbench {

// Two files are one row, whatever ran; two folders a row for every job that is in one of them, where a job
// that was run several times counts as so many processes. Throws Usage: what is no result or holds none, a
// file whose row is not ok, samples that are no durations (by position), and two files that did different
// work (by field).
std::vector<ComparedRow> compare_runs(const std::filesystem::path& baseline,
                                      const std::filesystem::path& candidate, double same_within);

// The same work in the same region, or by which field they differ.
std::optional<std::string> find_other_work(const Job& a, const Job& b);

// What is not the work and yet may explain a difference: the machine, runtime, threads and precision that
// ran.
std::vector<std::string> find_circumstances(const Result& baseline, const Result& candidate);

}  // namespace medbench
