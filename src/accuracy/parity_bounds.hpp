// How close to the reference is close enough, for each precision: the one table of bounds.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "accuracy/parity.hpp"
#include "job/result.hpp"

namespace medbench {

struct ParityBound {
  std::string_view precision;  // that was asked for
  double least_cosine;
};

std::span<const ParityBound> parity_bounds();
// Null for a precision that is in no row.
const ParityBound* find_parity_bound(std::string_view precision);

// Metrics acc_*.
void fill_accuracy_metrics(Metrics& metrics, const Parity& parity);

// Whether a cosine is within the bound of the precision that was asked for; nothing where there is no bound.
std::optional<bool> judge_parity(std::string_view precision, double cosine);

// The verdict that is stored in the result; of files of schema 1, which hold none, that of their metrics.
// Nothing where accuracy was not computed.
std::optional<bool> parity_holds(const Result& result);

}  // namespace medbench
