// Work of our own on libtorch's threads.
#pragma once

#include <cstdint>
#include <functional>

namespace medbench::torch_backend {

// Runs part(first, last) for parts of [0, count), each on one of the threads, and waits for all.
void share(std::int64_t count, const std::function<void(std::int64_t first, std::int64_t last)>& part);

}  // namespace medbench::torch_backend
