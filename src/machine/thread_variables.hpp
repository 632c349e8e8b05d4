// Variables of the environment by which runtimes are told of threads, beside what they are asked for.
#pragma once

#include <string>
#include <vector>

namespace medbench {

// Waiting threads of GNU's OpenMP spin a little instead of for long: idle it costs nothing, and beside
// another busy process a pass takes two thirds of the time. Given to workers where nothing of the kind is
// set.
inline constexpr const char* kSpinVariable = "GOMP_SPINCOUNT";
inline constexpr const char* kSpinCount = "1000";

struct ThreadVariable {
  std::string name;
  std::string value;
};

// OMP_*, GOMP_*, KMP_* and MKL_* of an environment (names with their values, "A=1"), in order of name.
std::vector<ThreadVariable> find_thread_variables(const char* const* environment);
// Of this process.
std::vector<ThreadVariable> thread_variables();

}  // namespace medbench
