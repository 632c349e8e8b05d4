// Files that are not what their name says: compressed, of another program, or a pointer that Git LFS left in
// the place of a large file.
#pragma once

#include <string_view>

namespace medbench {

// Throws Usage where the content begins as such a file does, with what it is and what to do about it.
// `origin` starts the message.
void refuse_foreign_format(std::string_view content, std::string_view origin);

}  // namespace medbench
