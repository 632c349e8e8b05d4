#include "device/library.hpp"

#include <dlfcn.h>

namespace medbench::device {

Library::Library(const std::string& name, int flags) : handle_(::dlopen(name.c_str(), flags)) {
  if (handle_ != nullptr) return;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps one message for each thread
  const char* message = ::dlerror();
  error_ = message != nullptr ? message : "cannot be loaded";
}

void* Library::symbol(const char* name) const {
  return handle_ != nullptr ? ::dlsym(handle_, name) : nullptr;
}

}  // namespace medbench::device
