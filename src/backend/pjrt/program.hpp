// A compiled module on one device.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/pjrt/client.hpp"
#include "backend/pjrt/optimized_program.hpp"

namespace medbench::pjrt {

class Program {
 public:
  // Compiles StableHLO text for a device of the client. Throws Runtime with the
  // compiler's message.
  Program(const Client& client, std::string text, const Device& device);

  // Starts one execution; the outputs may be awaited by the event. Both vectors are of the sizes that the
  // module has. The outputs are owned by the caller.
  Handle<PJRT_Event> execute(const std::vector<PJRT_Buffer*>& arguments,
                             std::vector<PJRT_Buffer*>& outputs) const;

  // Nothing when the plug-in does not hand it out.
  [[nodiscard]] std::optional<OptimizedProgram> optimized() const;
  // Bytes that the plug-in says the program needs beside its arguments and outputs; null where it does not.
  [[nodiscard]] Json memory() const;

 private:
  const Plugin* plugin_;
  Handle<PJRT_LoadedExecutable> handle_;
  Handle<PJRT_Executable> executable_;
};

// The serialised CompileOptionsProto of a program for the device of that number.
std::string compile_options(std::int64_t device_number);

}  // namespace medbench::pjrt
