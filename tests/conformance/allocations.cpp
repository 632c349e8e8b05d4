#include "tests/conformance/allocations.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEDBENCH_SANITIZER_ALLOCATES 1
// Of sanitizer/allocator_interface.h, which not every compiler brings along.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void*, std::size_t),
                                                         void (*freed)(const volatile void*));
#endif

namespace medbench::conformance {
namespace {

std::atomic<bool> is_counting{false};
std::atomic<std::size_t> number{0};
std::atomic<std::size_t> largest{0};

// Must not allocate.
void note(std::size_t bytes) {
  if (!is_counting) return;
  ++number;
  std::size_t known = largest;
  while (known < bytes && !largest.compare_exchange_weak(known, bytes)) {
  }
}

#ifdef MEDBENCH_SANITIZER_ALLOCATES
// A sanitizer's allocator tells of every block.
void listen() {
  static const int kHooks = __sanitizer_install_malloc_and_free_hooks(
      [](const volatile void*, std::size_t bytes) { note(bytes); }, [](const volatile void*) {});
  if (kHooks == 0) std::abort();
}
#else
void listen() {}
#endif

}  // namespace

Allocations count_allocations(const std::function<void()>& work) {
  listen();
  number = 0;
  largest = 0;
  is_counting = true;
  work();
  is_counting = false;
  return {number, largest};
}

}  // namespace medbench::conformance

#ifndef MEDBENCH_SANITIZER_ALLOCATES

// In the program itself these come before the C library's, for every library.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl*,readability-identifier-naming): the C library's names
extern "C" {

void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* block, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

void* malloc(std::size_t bytes) noexcept {
  medbench::conformance::note(bytes);
  return __libc_malloc(bytes);
}

void* calloc(std::size_t count, std::size_t bytes) noexcept {
  medbench::conformance::note(count * bytes);
  return __libc_calloc(count, bytes);
}

void* realloc(void* block, std::size_t bytes) noexcept {
  medbench::conformance::note(bytes);
  return __libc_realloc(block, bytes);
}

void* memalign(std::size_t alignment, std::size_t bytes) noexcept {
  medbench::conformance::note(bytes);
  return __libc_memalign(alignment, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  return memalign(alignment, bytes);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t bytes) noexcept {
  void* const found = memalign(alignment, bytes);
  if (found == nullptr) return ENOMEM;
  *block = found;
  return 0;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,cert-dcl*,readability-identifier-naming)

#endif
