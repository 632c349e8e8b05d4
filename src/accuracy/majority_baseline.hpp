// What any classifier has to beat: the class that most training rows have, said of every test row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "accuracy/class_counts.hpp"

namespace medbench {

struct MajorityBaseline {
  std::string label;  // of those that are equally frequent the one that the file has first in training
  std::uint64_t num_train = 0;
  std::uint64_t num_test = 0;
  std::size_t num_labels = 0;
  ClassificationMetrics metrics;
};

// Reads a file of labelled rows once, and keeps a count for each label. Rows for validation must have a
// label, too, and are left out otherwise. Throws Usage: what read_labelled_rows() throws, rows without a
// label, a split with another name than train, test, validation, val or dev, no training row, no test row,
// one label alone, more labels than make sense.
MajorityBaseline majority_baseline(const std::filesystem::path& dataset);

}  // namespace medbench
