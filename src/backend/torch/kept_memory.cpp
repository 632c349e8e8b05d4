#include "backend/torch/kept_memory.hpp"

#include <c10/core/CPUAllocator.h>
#include <cstdlib>
#include <malloc.h>
#include <map>
#include <mutex>
#include <new>

namespace medbench::torch_backend {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kSmallest = 1U << 16U;  // of what is kept; the C library keeps smaller ones itself

// Free blocks by their size. All are the C library's: what is taken here may be freed by others, and what is
// given back may come from them, as oneDNN's buffers do.
class Store {
 public:
  void begin_use() {
    const std::lock_guard lock(mutex_);
    ++users_;
  }

  void end_use() {
    const std::lock_guard lock(mutex_);
    if (--users_ != 0) return;
    for (const auto& [bytes, data] : free_) std::free(data);
    free_.clear();
  }

  void* take(std::size_t bytes) {
    if (bytes >= kSmallest) {
      const std::lock_guard lock(mutex_);
      const auto found = free_.lower_bound(bytes);
      if (found != free_.end() && found->first - bytes <= bytes / 8) {
        void* data = found->second;
        free_.erase(found);
        return data;
      }
    }
    void* data = nullptr;
    if (posix_memalign(&data, kAlignment, bytes) != 0) throw std::bad_alloc();
    return data;
  }

  void give_back(void* data) {
    const std::size_t bytes = malloc_usable_size(data);
    if (bytes >= kSmallest) {
      const std::lock_guard lock(mutex_);
      if (users_ > 0) {
        free_.emplace(bytes, data);
        return;
      }
    }
    std::free(data);
  }

 private:
  std::mutex mutex_;
  std::size_t users_ = 0;
  std::multimap<std::size_t, void*> free_;
};

// Never destroyed: tensors may outlive all else.
Store& store() {
  static auto* const kStore = new Store;
  return *kStore;
}

void release(void* data) {
  store().give_back(data);
}

class KeepingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) override {
    void* data = bytes == 0 ? nullptr : store().take(bytes);
    return {data, data, &release, c10::kCPU};
  }
  [[nodiscard]] c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* dest, const void* src, std::size_t count) const override {
    default_copy_data(dest, src, count);
  }
};

}  // namespace

KeptMemory::KeptMemory() {
  store().begin_use();
}

KeptMemory::~KeptMemory() {
  store().end_use();
}

KeptMemory::Use::Use(const KeptMemory* memory) {
  static KeepingAllocator kAllocator;
  if (memory == nullptr) return;
  usual_ = c10::GetCPUAllocator();
  c10::SetCPUAllocator(&kAllocator);
}

KeptMemory::Use::~Use() {
  if (usual_ != nullptr) c10::SetCPUAllocator(usual_);
}

}  // namespace medbench::torch_backend
