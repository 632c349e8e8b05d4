// Variables of the environment by which runtimes are told of threads, beside what they are asked for.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace medbench {

// Those that say how many threads run, or on which processors.
inline constexpr std::array kVariablesOfThreadCounts{
    "OMP_NUM_THREADS", "OMP_THREAD_LIMIT",      "OMP_DYNAMIC",
    "OMP_NESTED",      "OMP_MAX_ACTIVE_LEVELS", "OMP_PROC_BIND",
    "OMP_PLACES",      "GOMP_CPU_AFFINITY",     "KMP_AFFINITY",
    "KMP_HW_SUBSET",   "KMP_ALL_THREADS",       "KMP_DEVICE_THREAD_LIMIT",
    "MKL_NUM_THREADS", "MKL_DYNAMIC",           "MKL_DOMAIN_NUM_THREADS",
};

struct ThreadVariable {
  std::string name;
  std::string value;
};

// OMP_*, GOMP_*, KMP_* and MKL_* of an environment (names with their values, "A=1"), in order of name.
std::vector<ThreadVariable> find_thread_variables(const char* const* environment);
// Of this process.
std::vector<ThreadVariable> thread_variables();
// Of this process, those of kVariablesOfThreadCounts: "OMP_NUM_THREADS=1 OMP_PROC_BIND=close".
std::string variables_of_thread_counts();

}  // namespace medbench
