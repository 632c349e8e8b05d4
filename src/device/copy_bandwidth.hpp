// How fast a card's memory is: what a pass that is bound by memory is compared with.
#pragma once

#include <cstddef>
#include <string_view>

#include "device/cuda_driver.hpp"

namespace medbench::device {

inline constexpr std::size_t kCopiedBytes = std::size_t{1} << 30U;  // far more than a card's cache

// GB/s, read and written, of the fastest of several copies within the memory of card `ordinal`, by the
// driver's own events. Takes twice `bytes` of memory while it lasts. Throws Environment where there is no
// driver, Runtime with the driver's words where it fails.
double copy_gb_per_s(int ordinal, std::size_t bytes = kCopiedBytes,
                     std::string_view library = kCudaDriverLibrary);

}  // namespace medbench::device
