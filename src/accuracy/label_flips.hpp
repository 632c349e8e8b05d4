// The cases that an engine decides otherwise than fp32 does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "accuracy/decision.hpp"
#include "job/result.hpp"

namespace medbench {

struct FlippedCase {
  std::uint64_t row = 0;              // of the file, from 1
  std::optional<std::uint32_t> word;  // of the row, from 1
  std::uint32_t label = 0;            // that the file gives it
  Decision fp32;
  Decision own;
};

class LabelFlips {
 public:
  static constexpr std::size_t kMostListed = 100;      // in a result
  static constexpr std::size_t kMostKept = 1'000'000;  // in the file of them

  // A case that both decided; what was decided alike is only counted.
  void add(const FlippedCase& decided);

  // Metrics eval_flip*, and "flips" in the details of the evaluation: the first cases, and where there are
  // more, and `path` is not empty, a file of JSON lines with all. `labels` are the names of the classes.
  // Throws Environment.
  void fill(Result& result, std::span<const std::string> labels, const std::string& path) const;

 private:
  std::uint64_t cases_ = 0;
  std::uint64_t flips_ = 0;
  std::vector<FlippedCase> kept_;
};

}  // namespace medbench
