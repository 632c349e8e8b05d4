// What a page may load and run.
#pragma once

#include <string>
#include <string_view>

namespace medbench {

// The content security policy: the compiled-in style and script by their hashes, and nothing else from
// anywhere.
std::string content_policy();

// Of bytes that are written as hexadecimal digits.
std::string base64_of_hex(std::string_view digits);

}  // namespace medbench
