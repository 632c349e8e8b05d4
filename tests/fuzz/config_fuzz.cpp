// A model's config.json, as far as it decides the graph.
#include "models/family.hpp"
#include "models/model.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  testing::attempt([&] {
    const Json config = parse_json(testing::text_of(data, size), "config.json", JsonDialect::Python);
    const ModelFamily& family = family_of(config, "config.json");
    const Axes axes = family.usual(config, "config.json");
    family.build({"model", config, "config.json", nullptr, axes});
  });
  return 0;
}
