// A whole safetensors file.
#include "data/safetensors.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  static const testing::MemoryFile file;
  testing::attempt([&] {
    unsigned sum = 0;
    const SafetensorsFile read(file.write(testing::text_of(data, size)));
    for (const auto& [name, view] : read.tensors()) {
      for (const std::byte byte : view.data) sum += std::to_integer<unsigned>(byte);
    }
    static volatile unsigned seen;
    seen = sum;
  });
  return 0;
}
