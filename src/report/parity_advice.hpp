// What to do where answers are not those of the reference.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "job/result.hpp"

namespace medbench {

// What keeps the answers of rows of one model, backend, device and precision whose parity fails.
struct ParityRemedy {
  const Result* row;  // the first of them
  std::string text;  // which other precisions hold there, and for int8 the option that keeps it; may be empty
};

// The rows are pointed to.
std::vector<ParityRemedy> find_parity_remedies(std::span<const Result> results);
// Null where the row's parity does not fail.
const ParityRemedy* find_remedy(std::span<const ParityRemedy> remedies, const Result& row);

// One line for each target whose parity fails: by how much, in how many of its rows, and the remedy. Empty
// where parity holds everywhere.
std::string render_parity_advice(std::span<const Result> results);

}  // namespace medbench
