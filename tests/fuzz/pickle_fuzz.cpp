// A pickle, alone and as the one of an archive with two storages.
#include "data/pickle.hpp"
#include "data/torch_file.hpp"
#include "tests/data/torch_builder.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  static const testing::MemoryFile file;
  const std::string_view pickle = testing::text_of(data, size);
  testing::attempt([&] { read_pickle(pickle, 0, "pickle"); });
  testing::attempt([&] {
    const std::string archive = testing::zip_bytes({{"a/data.pkl", std::string(pickle)},
                                                    {"a/data/0", std::string(48, 'x')},
                                                    {"a/data/1", std::string(7, 'y')}});
    const WeightsFile read = read_torch_file(file.write(archive));
    for (const auto& [name, tensor] : read.tensors) read_stored(tensor, read.file);
  });
  return 0;
}
