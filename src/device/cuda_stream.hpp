// A stream of work on a CUDA device that a runtime is given to compute in, so that a pass can be timed by
// the device's events and its outputs copied. The driver's library is opened at run time.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/tensor.hpp"
#include "device/cuda_driver.hpp"

namespace medbench::device {

class CudaStream {
 public:
  // Throws Environment where the driver or the device is missing. Makes the device's primary context, which
  // runtimes use too, current in the calling thread.
  explicit CudaStream(int ordinal, std::string_view library = kCudaDriverLibrary);
  ~CudaStream();
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;

  [[nodiscard]] void* get() const;
  // Around the work to be timed; neither blocks.
  void record_begin();
  void record_end();
  void synchronize();  // blocks until all work is done
  // Between the two records; blocks until the second is reached.
  [[nodiscard]] double elapsed_ms();
  // Memory of the device that no allocator of the runtime hands out again: a captured graph writes to
  // wherever its own intermediate results were. May outlive the stream.
  [[nodiscard]] std::shared_ptr<void> allocate(std::size_t bytes);
  // Memory of the host that the device copies from and to by itself.
  [[nodiscard]] HostTensor pinned_tensor(DType dtype, std::vector<std::int64_t> shape);
  // To and from the device's memory, after the stream's work. Neither waits for memory of pinned tensors,
  // which must stay as it is until the stream was synchronized.
  void copy_to_device(void* to, const void* from, std::size_t bytes);
  void copy_to_host(void* to, const void* from, std::size_t bytes);
  // What `work` puts into the stream, as one graph, without running it. Throws what `work` throws, and
  // Runtime where it does what no graph can hold; the stream is usable afterwards.
  [[nodiscard]] std::shared_ptr<void> capture(const std::function<void()>& work);
  void launch(const std::shared_ptr<void>& graph);  // does not block

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace medbench::device
