// vocab.txt.
#include "data/vocabulary.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  testing::attempt(
      [&] { (void)Vocabulary::from_lines(testing::text_of(data, size), "vocab.txt").find_capitalized(); });
  return 0;
}
