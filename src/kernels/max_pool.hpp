// The largest of each window of an image whose channels lie last, without the indices that a training needs
// and runtimes also compute for inference. It knows no runtime and starts no threads.
#pragma once

#include <array>
#include <cstdint>

namespace medbench::kernels {

// Depth, height and width; a plane has a depth of 1.
using Extent = std::array<std::int64_t, 3>;

struct PoolWindow {
  Extent kernel{1, 1, 1};
  Extent stride{1, 1, 1};
  Extent padding{};  // below the kernel; never the largest
};

struct PoolSizes {
  std::int64_t channels = 0;
  Extent in{1, 1, 1};
  Extent out{1, 1, 1};
};

enum class Bf16 : std::uint16_t {};

// Rows [first, last) of y [batch * depth * height, width, channels], of x in the same order. NaN is the
// largest.
void max_pool_rows(const PoolWindow& window, const PoolSizes& sizes, const float* x, float* y,
                   std::int64_t first, std::int64_t last);
void max_pool_rows(const PoolWindow& window, const PoolSizes& sizes, const Bf16* x, Bf16* y,
                   std::int64_t first, std::int64_t last);

}  // namespace medbench::kernels
