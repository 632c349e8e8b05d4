#include "worker/allocator.hpp"

#include <array>
#include <dlfcn.h>
#include <limits>
#include <malloc.h>

namespace medbench {

namespace {

struct Setting {
  const char* name;
  int parameter;
  int value;
};
constexpr std::array kSettings{
    Setting{"mmap_max", M_MMAP_MAX, 0},  // no block is a mapping of its own
    Setting{"trim_threshold", M_TRIM_THRESHOLD, std::numeric_limits<int>::max()},
    Setting{"top_pad", M_TOP_PAD, 64 << 20},
};

}  // namespace

Json set_up_allocator() {
  Json in_force;
  for (const Setting& setting : kSettings) {
    const bool taken = ::mallopt(setting.parameter, setting.value) == 1;
    in_force[setting.name] = taken ? Json(setting.value) : Json(nullptr);
  }
  // Another one may have been put in the C library's place, for instance by LD_PRELOAD.
  Dl_info library{};
  const auto address = reinterpret_cast<void*>(&::malloc);
  if (::dladdr(address, &library) != 0 && library.dli_fname != nullptr)
    in_force["library"] = library.dli_fname;
  return in_force;
}

}  // namespace medbench
