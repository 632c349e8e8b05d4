// Whether the kernel shows a device that CUDA could use: asking it spares machines without one the start of a
// worker.
#pragma once

namespace medbench {

bool cuda_device_node_exists();

}  // namespace medbench
