// The index of a sharded checkpoint beside one shard.
#include "data/safetensors.hpp"
#include "data/weights_folder.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  static const testing::TemporaryFolder folder;
  static const bool is_first = [] {
    NamedTensors tensors;
    for (const char* name : {"a", "b", "c"}) tensors.emplace(name, HostTensor(DType::F32, {2}));
    write_safetensors(folder.path() / "s.safetensors", tensors);
    return true;
  }();
  static_cast<void>(is_first);
  folder.write("model.safetensors.index.json", testing::text_of(data, size));
  testing::attempt([] { read_weights_folder(folder.path()); });
  return 0;
}
