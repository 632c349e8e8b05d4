// tokenizer.json, up to the first byte 0, and behind it a text.
#include "data/tokenizer_files.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  static const testing::TemporaryFolder folder;
  const std::string_view input = testing::text_of(data, size);
  const std::size_t end = input.find('\0');
  folder.write("tokenizer.json", input.substr(0, end));
  testing::attempt([&] {
    const BertTokenizer tokenizer = load_tokenizer(folder.path());
    (void)tokenizer.encode(end == std::string_view::npos ? "Two words" : input.substr(end + 1));
  });
  return 0;
}
