// Every family of networks on images against the original: frozen outputs of torchvision's and MONAI's own
// networks, whose weights and pixels follow a formula (tools/golden_from_torchvision_and_monai.py).
#include <cmath>
#include <cstdint>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "ir/interpreter.hpp"
#include "models/family.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

double step(std::uint64_t i, std::uint64_t base, std::uint64_t modulus) {
  return static_cast<double>((i * 7919 + base) % modulus) / static_cast<double>(modulus);
}

// Whole numbers by name and index, scaled to [-0.5, 0.5); scales and variances of normalisations lie around
// 1, and weights of convolutions and linear maps get smaller with the number of their products.
HostTensor formula_weights(const ir::Value& value) {
  HostTensor tensor(DType::F32, ir::bind(value.shape, {}));
  std::uint64_t base = value.name.size() * 104729;
  for (const char c : value.name) base += static_cast<std::uint64_t>(static_cast<unsigned char>(c)) * 31;
  double factor = 1;
  double middle = 0;
  if (tensor.shape().size() > 1) {
    factor = 3 / std::sqrt(static_cast<double>(element_count(tensor.shape()) / tensor.shape().front()));
  } else if (value.name.ends_with(".weight") || value.name.ends_with(".running_var")) {
    middle = 1;
  }
  for (std::size_t i = 0; i < tensor.f32().size(); ++i)
    tensor.f32()[i] = static_cast<float>((step(i, base, 1009) - 0.5) * factor + middle);
  return tensor;
}

HostTensor formula_pixels(const std::vector<std::int64_t>& shape) {
  HostTensor tensor(DType::F32, shape);
  for (std::size_t i = 0; i < tensor.f32().size(); ++i)
    tensor.f32()[i] = static_cast<float>(step(i, 0, 1013) * 2 - 1);
  return tensor;
}

Axes axes_of(const Json& item) {
  const auto sizes = item.at("input").get<std::vector<std::int64_t>>();
  Axes axes{{Axis::Batch, item.at("batch").get<std::int64_t>()},
            {Axis::Height, sizes[sizes.size() - 2]},
            {Axis::Width, sizes.back()}};
  if (sizes.size() == 3) axes.set(Axis::Depth, sizes.front());
  return axes;
}

// Of the numbers that the file holds, one in so many.
HostTensor thinned(const HostTensor& output, const Json& stored) {
  std::vector<float> values;
  const auto wanted = stored.at("values").size();
  for (std::size_t i = 0; i < output.f32().size() && values.size() < wanted;
       i += stored.at("step").get<std::size_t>())
    values.push_back(output.f32()[i]);
  return HostTensor::from_f32({static_cast<std::int64_t>(values.size())}, values);
}

void expect_same(const ModelFamily& family, const Json& item) {
  SCOPED_TRACE(item.at("name").get<std::string>());
  const Json& config = item.at("config");
  EXPECT_EQ(&family_of(config, "golden"), &family);
  const Axes axes = axes_of(item);
  const Model model = family.build({"network", config, "golden", nullptr, axes});
  testing::MemoryParameters parameters;
  for (const ir::ValueId id : model.graph.parameters())
    parameters.set(model.graph.value(id).name, formula_weights(model.graph.value(id)));
  NamedTensors inputs;
  inputs["input"] = formula_pixels(ir::bind(model.inputs.at(0).shape, axes));
  const NamedTensors found = ir::interpret(model.graph, parameters, axes, inputs);
  const Json& output = item.at("output");
  ASSERT_EQ(found.at("output").shape(), output.at("shape").get<std::vector<std::int64_t>>());
  const auto values = output.at("values").get<std::vector<float>>();
  const HostTensor expected = HostTensor::from_f32({static_cast<std::int64_t>(values.size())}, values);
  EXPECT_TRUE(testing::close(thinned(found.at("output"), output), expected, {2e-5, 2e-5}));
}

TEST(Images, GiveTheSameAsTheOriginalsForEveryFamily) {
  std::size_t families = 0;
  for (const ModelFamily* family : model_families()) {
    if (!family->classes.empty()) continue;  // of Hugging Face, which has goldens of its own
    ++families;
    const auto path = testing::source_folder() / fmt::format("tests/golden/{}_torch.json", family->name);
    SCOPED_TRACE(path.string());
    const Json golden = read_json_file(path);
    EXPECT_EQ(golden.at("cases").size(), 4U);
    for (const Json& item : golden.at("cases")) expect_same(*family, item);
  }
  EXPECT_EQ(families, 4U);
}

}  // namespace
}  // namespace medbench
