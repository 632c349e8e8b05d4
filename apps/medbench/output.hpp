// Standard output, which holds what was asked for, and standard error, which holds all else.
#pragma once

#include <string_view>

namespace medbench {

// Throws Environment when it cannot all be written (a full disk, a closed descriptor).
void print_output(std::string_view text);

// One line each on standard error; control characters are escaped. A failure to write is ignored: there is
// nowhere left to say so.
void print_error(std::string_view message);        // "medbench: error: ..."
void print_information(std::string_view message);  // "medbench: ..."

}  // namespace medbench
