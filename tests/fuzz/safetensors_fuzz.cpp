// A whole safetensors file.
#include "data/safetensors.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  static const testing::MemoryFile file;
  testing::attempt([&] {
    const SafetensorsFile read(file.write(testing::text_of(data, size)));
    for (const auto& [name, view] : read.tensors()) static_cast<void>(to_float(view));
  });
  return 0;
}
