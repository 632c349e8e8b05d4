// The directory of a ZIP archive.
#include "data/zip_archive.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  const std::string_view file = testing::text_of(data, size);
  testing::attempt([&] {
    std::size_t total = 0;
    for (const auto& [name, member] : read_zip_directory(file, "zip"))
      total += name.size() + member.data.size();
    if (total > file.size()) std::abort();  // members overlap
  });
  return 0;
}
