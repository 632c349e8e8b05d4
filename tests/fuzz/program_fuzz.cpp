// What a PJRT plug-in hands out: the optimised module, in the wire format of Protocol Buffers.
#include "backend/pjrt/optimized_program.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  const std::string_view bytes = testing::text_of(data, size);
  for (const char* format : {"hlo", "hlo_with_config"})
    testing::attempt([&] { pjrt::precision_of(pjrt::read_optimized_program(bytes, format)); });
  return 0;
}
