// A PJRT plug-in: a library of any vendor behind one C table of functions. This folder runs lowered graphs on
// whatever device such a plug-in serves; it must not know which one. The vendor's header, which is PJRT's
// own, is included here only.
#pragma once

#include <filesystem>
#include <memory>
#include <pjrt_c_api.h>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace medbench::pjrt {

// Arguments of a call, zeroed, with their size. A plug-in reads no more of them than that.
template <class Args>
Args make_args() {
  Args args{};
  args.struct_size = sizeof(Args);
  return args;
}

class Plugin {
 public:
  // Loads and initialises the library, once in a process: it stays until the process ends, as plug-ins cannot
  // be unloaded. Throws Environment with the reason: it is missing, no library, no plug-in, or of another or
  // too old version. A library that crashes or hangs takes the process along.
  static const Plugin& load(const std::filesystem::path& path);

  [[nodiscard]] const PJRT_Api& api() const { return *api_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string version() const;  // "0.81", of the interface
  // Does it serve GPUs? Known before a client exists, for the options of its creation.
  [[nodiscard]] bool is_for_gpus() const;
  // What the plug-in says of itself, such as the version of XLA.
  [[nodiscard]] Json attributes() const;

  // Throws what an error means: bad_alloc where memory ran out, Unsupported for what the plug-in does not
  // implement, otherwise Runtime. Frees the error; null is no error.
  void check(PJRT_Error* error, std::string_view what) const;
  // Makes a call of the table whose arguments are filled in.
  template <class Call, class Args>
  void call(Call* function, Args& args, std::string_view what) const {
    check(function(&args), what);
  }
  // Whether the table of this plug-in reaches as far as a function that ends there.
  [[nodiscard]] bool has(std::size_t end_of_field) const { return api_->struct_size >= end_of_field; }

 private:
  explicit Plugin(std::filesystem::path path);

  std::filesystem::path path_;
  const PJRT_Api* api_ = nullptr;
};

// Frees what a plug-in made. The plug-in outlives everything.
struct Destroy {
  const Plugin* plugin = nullptr;
  void operator()(PJRT_Client* client) const;
  void operator()(PJRT_Buffer* buffer) const;
  void operator()(PJRT_Event* event) const;
  void operator()(PJRT_Executable* executable) const;
  void operator()(PJRT_LoadedExecutable* executable) const;
};
template <class T>
using Handle = std::unique_ptr<T, Destroy>;

// Blocks until the event is ready; throws what it holds as check() does. Null is ready.
void await(const Plugin& plugin, Handle<PJRT_Event> event, std::string_view what);

}  // namespace medbench::pjrt
