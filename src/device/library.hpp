// A shared library that is opened at run time, because the machine may not have it.
#pragma once

#include <string>

namespace medbench::device {

// Stays loaded until the process ends: drivers do not survive being closed.
class Library {
 public:
  // `name` is a file name that the dynamic loader looks for, or a path. `flags` are dlopen's.
  explicit Library(const std::string& name, int flags);

  [[nodiscard]] bool loaded() const { return handle_ != nullptr; }
  [[nodiscard]] const std::string& error() const { return error_; }  // the loader's words
  // Null where the library has no such symbol, or is not loaded.
  [[nodiscard]] void* symbol(const char* name) const;
  // Fills a pointer to a function; false where there is none.
  template <class Function>
  bool find(const char* name, Function*& function) const {
    function = reinterpret_cast<Function*>(symbol(name));
    return function != nullptr;
  }

 private:
  void* handle_;
  std::string error_;
};

}  // namespace medbench::device
