// What the process keeps resident while a model is prepared and run.
#pragma once

namespace medbench::torch_backend {

// Weights are read, packed and freed one by one: each large block is a mapping of its own that goes back to
// the kernel at once, where by default the C library would move to its heap and leave holes there.
void return_freed_memory();

// Activations are freed and asked for again in every pass. By default the C library gives large blocks back
// to the kernel each time and every pass pays for fresh zeroed pages; from here on it keeps them.
void keep_freed_memory();

// Pages of libtorch's code that only its start and the packing of weights needed no longer count as
// resident; what is needed again is read from the page cache.
void release_library_code();

}  // namespace medbench::torch_backend
