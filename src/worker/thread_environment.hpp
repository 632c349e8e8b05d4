// The environment that a worker's runtimes see of threads.
#pragma once

#include <vector>

#include "machine/thread_variables.hpp"

namespace medbench {

// How many threads run, and where, is what the job says. Variables that say otherwise (OMP_NUM_THREADS,
// OMP_THREAD_LIMIT, GOMP_CPU_AFFINITY, MKL_NUM_THREADS and their like) are taken out of the environment of
// every program that links the worker before any library reads them, for libgomp does so, and binds the
// process, before main. Here is what they were, in their order in the environment; at most 32.
std::vector<ThreadVariable> undone_thread_variables();

}  // namespace medbench
