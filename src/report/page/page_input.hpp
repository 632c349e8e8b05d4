// What a page is made of: results with where they come from, what was left out, and play-offs. A page knows
// no file, no flag and not how results came about.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "job/result.hpp"
#include "report/comparison.hpp"

namespace medbench {

struct RowOrigin {
  std::string file;     // that holds the result, as it was named
  std::string command;  // that measures it again
};

// A file or folder whose results are not on the page, and why.
struct LeftOut {
  std::string file;
  std::string reason;
};

// Rows that were started again together, and what pairs of their processes say.
struct PlayoffRecord {
  struct Other {
    Result row;
    Comparison against_winner;  // the ratio is of its latency to the winner's
  };
  Result winner;
  std::vector<Other> others;
};

struct PageInput {
  std::vector<Result> results;
  std::vector<RowOrigin> origins;  // of each result
  std::vector<PlayoffRecord> playoffs;
  std::vector<LeftOut> left_out;
  std::size_t superseded = 0;  // results of a configuration of which a newer or a whole one is on the page
  std::size_t old_schema = 0;  // results of schema 1, which say less
};

}  // namespace medbench
