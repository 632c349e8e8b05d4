// The C library's allocator, set up alike for every backend.
#pragma once

#include "base/json.hpp"

namespace medbench {

// Activations are freed and asked for again in every pass. By default the C library gives large blocks back
// to the kernel each time, and every pass pays for fresh zeroed pages; from here on it keeps what is freed,
// and gives nothing back. Called once, before anything large is allocated. Returns what is in force, for the
// result's details: the settings, null where the allocator did not take one, and the library that it is in.
Json set_up_allocator();

}  // namespace medbench
