// What an evaluated row must reach to be of use.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/result.hpp"

namespace medbench {

// All are shares from 0 to 1.
struct Gates {
  std::optional<double> max_flips{};  // of the decisions, that differ from those of fp32
  std::optional<double> min_f1{};     // eval_f1
  std::optional<double> max_drop{};   // below fp32, of accuracy and of F1: the larger of the two

  [[nodiscard]] bool is_any() const { return max_flips || min_f1 || max_drop; }
};

struct GateVerdict {
  std::string gate;  // "max_flips"
  double limit = 0;
  std::optional<double> value;  // nothing where it is not known
  bool holds = false;
  std::string reason;  // why the value is not known; else empty
};

// Puts a verdict for each gate into the details of a row that was evaluated. A gate whose value is not known
// does not hold.
void fill_gates(Result& result, const Gates& gates);

// What fill_gates() put there; empty where there is nothing.
std::vector<GateVerdict> gates_of(const Result& result);
// Whether all hold; nothing without gates.
std::optional<bool> gates_hold(const Result& result);

// "max-flips 0.5 %: 1.2 %, 0.7 points too many"
std::string describe(const GateVerdict& verdict);
Json to_json(const Gates& gates);

}  // namespace medbench
