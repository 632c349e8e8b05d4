// Files that gzip, pigz or bgzip packed.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/descriptor.hpp"

namespace medbench {

bool is_gzip(std::span<const std::byte> bytes);

// All members, one after another, unpacked into a file without a name in the folder for temporary files
// (TMPDIR), so that what is in them need not fit in memory. `origin` starts the messages. Throws Usage:
// broken, cut short, or followed by something else, with the byte; Environment: no such file can be made or
// written.
UniqueFd unpack_gzip(std::span<const std::byte> packed, const std::string& origin);

}  // namespace medbench
