// Variables of the environment by which runtimes are told of threads, beside what they are asked for.
#pragma once

#include <string>
#include <vector>

namespace medbench {

struct ThreadVariable {
  std::string name;
  std::string value;
};

// OMP_*, GOMP_*, KMP_* and MKL_* of an environment (names with their values, "A=1"), in order of name.
std::vector<ThreadVariable> find_thread_variables(const char* const* environment);
// Of this process.
std::vector<ThreadVariable> thread_variables();

}  // namespace medbench
