// A device other than the CPU: its stream, its timer and its memory, through the interfaces that libtorch has
// for every type of device.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <map>
#include <optional>
#include <string>

namespace medbench::torch_backend {

class Accelerator {
 public:
  // Makes the device and a stream of its own current for this thread. Throws c10::Error.
  explicit Accelerator(c10::Device device);

  [[nodiscard]] c10::Device device() const { return device_; }

  // Around a pass. elapsed_ms() is the device's own time between the two marks, valid after wait().
  void mark_begin() { begin_.record(stream_); }
  void mark_end() { end_.record(stream_); }
  void wait() { end_.synchronize(); }
  [[nodiscard]] double elapsed_ms() const { return begin_.elapsedTime(end_); }

  // Hands memory that no tensor holds back to the device.
  void release_unused_memory();
  // Keys of the metric table below memory_usage_mb; figures of libtorch's allocator. `start` is the moment of
  // construction; the peak is counted from there.
  [[nodiscard]] std::map<std::string, double> memory() const;

 private:
  struct Usage {
    double allocated_mb = 0;
    double reserved_mb = 0;
    double peak_allocated_mb = 0;
    double peak_reserved_mb = 0;
  };
  [[nodiscard]] Usage usage() const;

  c10::Device device_;
  c10::Stream stream_;
  c10::Event begin_;
  c10::Event end_;
  Usage start_;
};

}  // namespace medbench::torch_backend
