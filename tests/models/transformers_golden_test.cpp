// Every family against the original: frozen outputs of the transformers library on tiny models whose weights
// follow a formula (tools/golden_from_transformers.py).
#include <cstdint>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "ir/interpreter.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

// Whole numbers by name and index, scaled to [-0.5, 0.5); scales of normalisations lie around 1.
HostTensor formula_weights(const ir::Value& value) {
  HostTensor tensor(DType::F32, ir::bind(value.shape, {}));
  std::uint64_t base = value.name.size() * 104729;
  for (const char c : value.name) base += static_cast<std::uint64_t>(static_cast<unsigned char>(c)) * 31;
  const bool is_scale = value.name.ends_with("LayerNorm.weight") || value.name.ends_with("layer_norm.weight");
  for (std::size_t i = 0; i < tensor.f32().size(); ++i) {
    const std::uint64_t step = (i * 7919 + base) % 1009;
    tensor.f32()[i] = static_cast<float>(static_cast<double>(step) / 1009 - 0.5 + (is_scale ? 1 : 0));
  }
  return tensor;
}

void expect_same(const Json& item) {
  SCOPED_TRACE(item.at("name").get<std::string>());
  const Model model = testing::built(item.at("config"), item.at("outputs").contains("pooler_output"));
  testing::MemoryParameters parameters;
  for (const ir::ValueId id : model.graph.parameters())
    parameters.set(model.graph.value(id).name, formula_weights(model.graph.value(id)));
  const Axes axes =
      testing::batch_seq(item.at("batch").get<std::int64_t>(), item.at("seq").get<std::int64_t>());
  NamedTensors inputs;
  for (const ir::InputSpec& spec : model.inputs) {
    const auto values = item.at("inputs").at(spec.name).get<std::vector<std::int64_t>>();
    inputs[spec.name] = HostTensor::from_i64(ir::bind(spec.shape, axes), values);
  }
  NamedTensors expected;
  for (const auto& [name, output] : item.at("outputs").items()) {
    expected[name] = HostTensor::from_f32(output.at("shape").get<std::vector<std::int64_t>>(),
                                          output.at("values").get<std::vector<float>>());
  }
  // What transformers itself loses by accumulating in fp32.
  testing::expect_close(ir::interpret(model.graph, parameters, axes, inputs), expected, {5e-6, 5e-6});
}

TEST(Transformers, GivesTheSameForEveryFamily) {
  for (const ModelFamily* family : model_families()) {
    if (family->classes.empty()) continue;  // of networks on images
    const auto path =
        testing::source_folder() / fmt::format("tests/golden/{}_transformers.json", family->name);
    const Json golden = read_json_file(path);
    EXPECT_EQ(golden.at("cases").size(), 4U) << path;
    for (const Json& item : golden.at("cases")) {
      EXPECT_EQ(family_of(item.at("config"), "golden").name, family->name);
      expect_same(item);
    }
  }
}

}  // namespace
}  // namespace medbench
