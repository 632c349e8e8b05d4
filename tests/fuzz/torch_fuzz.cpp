// A whole file of torch.save.
#include "data/torch_file.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  static const testing::MemoryFile file;
  testing::attempt([&] {
    const WeightsFile read = read_torch_file(file.write(testing::text_of(data, size)));
    const StoredTensor* last = nullptr;
    for (const auto& [name, tensor] : read.tensors) {
      read_stored(tensor, read.file);
      if (last != nullptr) is_same(*last, tensor);
      last = &tensor;
    }
  });
  return 0;
}
