// The way back from a result to the command line that measures it.
#pragma once

#include <string>

#include "job/result.hpp"

namespace medbench {

// Lines for a shell: "medbench matrix --models biobert ...", and for int8 one before it that writes the
// deployment file. What comes from the result is quoted where a shell would take it for more than a word.
std::string row_command(const Result& result);

}  // namespace medbench
