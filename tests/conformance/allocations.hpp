// Counts what any thread of a test program takes from the C library's allocator: by malloc() and its kin, and
// so by operator new, in every library that is linked or loaded. What a library maps for itself is not seen.
#pragma once

#include <cstddef>
#include <functional>

namespace medbench::conformance {

struct Allocations {
  std::size_t count = 0;
  std::size_t largest = 0;  // bytes
};

// Those made while `work` runs, by whatever thread.
Allocations count_allocations(const std::function<void()>& work);

}  // namespace medbench::conformance
