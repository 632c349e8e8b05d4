// Which rows were measured on one machine.
#pragma once

#include <string>

#include "job/result.hpp"

namespace medbench {

// Equal where two results come from one machine: its name, processors, how many of them the worker might use,
// memory and accelerators. A quota of processors is part of it: a container with another one is another
// machine.
std::string machine_key(const Result& result);

// "host, AMD EPYC, 2 cores, NVIDIA H100"; "unknown machine" where the result says nothing. Not escaped.
std::string machine_name(const Result& result);

}  // namespace medbench
