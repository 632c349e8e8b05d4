// JSON in all the ways in which it is read.
#include "base/json.hpp"
#include "data/large_json.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  const std::string_view text = testing::text_of(data, size);
  testing::attempt([&] {
    const std::string line = dump_line(parse_json(text, "json"));
    // What we write we read.
    if (dump_line(parse_json(line, "json")) != line) std::abort();
  });
  testing::attempt([&] { parse_json(text, "json", JsonDialect::Python); });
  testing::attempt([&] { parse_large_json(text, "json"); });
  return 0;
}
