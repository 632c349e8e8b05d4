// A command line that travels in one option.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace medbench {

// Splits at blanks. Quotes, single or double, keep blanks together, and a backslash keeps the next character,
// except between single quotes; nothing is expanded. Throws Usage, naming `option`, for a quote that does not
// end and for a command without words.
std::vector<std::string> split_command(std::string_view option, std::string_view text);

}  // namespace medbench
