#include "backend/torch/memory.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <link.h>
#include <malloc.h>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace medbench::torch_backend {

namespace {

// Read-only segments alone: what the loader relocated or the program wrote is not in the file.
void release(const dl_phdr_info& library, std::uintptr_t page) {
  for (int i = 0; i < library.dlpi_phnum; ++i) {
    const auto& segment = library.dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t address = library.dlpi_addr + segment.p_vaddr;
    const std::uintptr_t begin = (address + page - 1) / page * page;
    const std::uintptr_t end = (address + segment.p_filesz) / page * page;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader gives addresses as integers
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
}

}  // namespace

void return_freed_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 128 << 10);
}

void keep_freed_memory() {
  ::malloc_trim(0);
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  ::mallopt(M_TOP_PAD, 64 << 20);
}

void release_library_code() {
  const auto visit = [](dl_phdr_info* library, std::size_t, void* page) {
    const std::string_view path = library->dlpi_name;
    if (path.substr(path.rfind('/') + 1).starts_with("libtorch"))
      release(*library, *static_cast<const std::uintptr_t*>(page));
    return 0;
  };
  auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  ::dl_iterate_phdr(visit, &page);
}

}  // namespace medbench::torch_backend
