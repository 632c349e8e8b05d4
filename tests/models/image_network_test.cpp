#include "models/image_network.hpp"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/interpreter.hpp"
#include "models/registry.hpp"
#include "tests/data/safetensors_builder.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::failure_text;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::TemporaryFolder;

constexpr std::array<std::string_view, 7> kNetworks{"tiny",        "tiny3d", "resnet18", "resnet50",
                                                    "densenet121", "unet2d", "unet3d"};

Axes usual(std::string_view name) {
  const Json config = parse_json(find_named_model(name)->config, name);
  return family_of(config, name).usual(config, name);
}

ModelRef named(std::string_view name, Json config = Json::object()) {
  return {.name = std::string(name), .folder = {}, .weights = {}, .config = std::move(config)};
}

Axes sizes(std::int64_t height, std::int64_t width, std::int64_t depth = 0) {
  return {{Axis::Batch, 2}, {Axis::Depth, depth}, {Axis::Height, height}, {Axis::Width, width}};
}

std::int64_t parameter_count(const Model& model) {
  std::int64_t count = 0;
  for (const auto id : model.graph.parameters()) {
    const ir::Value& value = model.graph.value(id);
    const bool is_statistic = value.name.find(".running_") != std::string::npos;
    if (!is_statistic) count += element_count(ir::bind(value.shape, {}));
  }
  return count;
}

// Those of torchvision 0.26 and MONAI 1.6, without the statistics of batch norms.
TEST(ImageNetworks, HaveTheParametersOfTheOriginals) {
  const auto count = [](std::string_view name) {
    return parameter_count(load_model(named(name), usual(name), 1));
  };
  EXPECT_EQ(count("tiny"), 25'346);
  EXPECT_EQ(count("tiny3d"), 77'858);
  EXPECT_EQ(count("resnet18"), 11'689'512);
  EXPECT_EQ(count("resnet50"), 25'557'032);
  EXPECT_EQ(count("densenet121"), 7'978'856);
  EXPECT_EQ(count("unet3d"), 31'189'410);
  EXPECT_EQ(count("unet2d"), 20'611'170);
}

TEST(ImageNetworks, SayWhatTheyTakeAndGive) {
  for (const std::string_view name : kNetworks) {
    SCOPED_TRACE(name);
    const Model model = load_model(named(name), usual(name), 1);
    EXPECT_EQ(model.axes, usual(name));
    EXPECT_NO_THROW(check_axes(model, usual(name)));
    ASSERT_EQ(model.inputs.size(), 1U);
    EXPECT_EQ(model.inputs[0].role, ir::Role::Pixels);
    EXPECT_EQ(model.output.class_axis, 1);
    EXPECT_EQ(model.output.kind,
              name.starts_with("unet") ? ir::OutputKind::Segmentation : ir::OutputKind::Logits);
    const ir::Shape& shape = model.graph.value(model.graph.outputs.at(0).value).shape;
    EXPECT_EQ(shape[0], ir::kBatch);
    EXPECT_EQ(shape[1], ir::Dim(static_cast<std::int64_t>(model.output.labels.size())));
    EXPECT_EQ(model.weights->kind(), "synthetic");
  }
  EXPECT_EQ(usual("tiny"), (Axes{{Axis::Batch, 8}, {Axis::Height, 256}, {Axis::Width, 256}}));
}

TEST(ImageNetworks, TakeTheUsersSettings) {
  const Model model =
      load_model(named("tiny", {{"dims", 3}, {"in_channels", 4}, {"num_classes", 5}, {"groups", 2}}),
                 sizes(16, 24, 8), 1);
  EXPECT_EQ(model.inputs[0].shape, (ir::Shape{ir::kBatch, 4, 8, 16, 24}));
  EXPECT_EQ(model.output.labels.size(), 5U);
  EXPECT_EQ(model.weights->read("conv1.weight").view.shape, (std::vector<std::int64_t>{16, 2, 3, 3, 3}));
  const Model depthwise =
      load_model(named("tiny", {{"in_channels", 32}, {"depthwise", true}}), sizes(8, 8), 1);
  EXPECT_EQ(depthwise.weights->read("conv1.weight").view.shape, (std::vector<std::int64_t>{16, 2, 3, 3}));
  EXPECT_EQ(depthwise.weights->read("conv2.weight").view.shape, (std::vector<std::int64_t>{32, 1, 3, 3}));
}

TEST(ImageNetworks, RefuseWhatMakesNoSense) {
  const auto refused = [](std::string_view name, const Json& config, const Axes& axes) {
    return failure_text([&] { check_axes(load_model(named(name, config), axes, 1), axes); });
  };
  const Json none = Json::object();
  EXPECT_EQ(refused("tiny", {{"groups", 2}}, sizes(64, 64)),
            "usage: tiny: 2 groups do not divide the 1 channels that conv1 takes and the 16 that it gives");
  EXPECT_THAT(refused("tiny", {{"in_channels", 0}}, sizes(64, 64)), HasSubstr("\"in_channels\" is 0"));
  EXPECT_THAT(refused("tiny", {{"dims", 4}}, sizes(64, 64)), HasSubstr("it must be 2 or 3"));
  EXPECT_THAT(refused("resnet18", {{"groups", 2}}, sizes(64, 64)),
              HasSubstr("groups: resnet18 has nothing of the kind"));
  EXPECT_THAT(refused("resnet18", {{"num_classes", "two"}}, sizes(64, 64)), HasSubstr("cannot have \"two\""));
  EXPECT_THAT(refused("resnet18", {{"dims", 3}}, sizes(64, 64, 64)), HasSubstr("two dimensions alone"));
  EXPECT_EQ(refused("tiny", none, sizes(64, 7)),
            "usage: tiny: an input of [64, 7] is too small: nothing would be left of it in pool3");
  EXPECT_THAT(refused("densenet121", none, sizes(28, 64)), HasSubstr("features.transition3.pool"));
  EXPECT_EQ(refused("unet2d", none, sizes(64, 72)),
            "usage: unet2d of 6 stages takes sizes that are multiples of 32, and 72 is none");
  EXPECT_THAT(refused("unet2d", none, sizes(32, 32)), HasSubstr("one element in the last stage"));
  EXPECT_EQ(refused("tiny", none, sizes(0, 64)), "usage: tiny needs a height, and none is given");
  EXPECT_EQ(refused("tiny", none, sizes(-3, 64)), "usage: height -3: it must be from 1 to 65536");
  EXPECT_EQ(refused("tiny", none, sizes(65'537, 64)), "usage: height 65537: it must be from 1 to 65536");
  EXPECT_EQ(refused("tiny", none, sizes(64, 64, 8)), "usage: depth 8: tiny has no depth");
  EXPECT_EQ(refused("unet3d", none, sizes(64, 64)), "usage: unet3d needs a depth, and none is given");
  EXPECT_THAT(refused("tiny3d", none, sizes(65'536, 65'536, 65'536)),
              AllOf(StartsWith("usage: "), HasSubstr("use smaller sizes")));
  EXPECT_THAT(refused("unet2d", none, sizes(65'536, 65'536)), HasSubstr("would make a tensor"));
}

// Rather than growing from layer to layer, or vanishing in the smallest numbers of fp16.
TEST(ImageNetworks, HaveSyntheticWeightsThatKeepActivationsAlive) {
  const std::map<std::string_view, Axes> smallest{{"tiny", sizes(24, 24)},
                                                  {"tiny3d", sizes(16, 16, 16)},
                                                  {"resnet18", sizes(32, 32)},
                                                  {"densenet121", sizes(32, 32)}};
  for (const auto& [name, axes] : smallest) {
    SCOPED_TRACE(name);
    Model model = load_model(named(name), axes, 42);
    const ir::InputSpec& spec = model.inputs[0];
    NamedTensors inputs;
    inputs[spec.name] = testing::random_floats(ir::bind(spec.shape, axes), 7);
    // Every convolution's result is an output.
    model.graph.outputs.clear();
    for (const ir::Node& node : model.graph.nodes) {
      if (std::holds_alternative<ir::Convolution>(node.op) || std::holds_alternative<ir::Linear>(node.op))
        model.graph.outputs.push_back({node.name, node.output});
    }
    for (const auto& [layer, tensor] : ir::interpret(model.graph, *model.weights, axes, inputs)) {
      double squares = 0;
      for (const float value : tensor.f32()) squares += double{value} * double{value};
      const double size = std::sqrt(squares / static_cast<double>(tensor.f32().size()));
      EXPECT_GT(size, 0.001) << layer;
      EXPECT_LT(size, 100) << layer;
    }
  }
}

class NetworkFile : public ::testing::Test {
 protected:
  // The network's own weights, changed by `change`, as a file.
  ModelRef write(std::string_view name, const Json& config, const Axes& axes,
                 const std::function<void(NamedTensors&)>& change = {}) {
    const Model model = load_model(named(name, config), axes, 3);
    NamedTensors tensors;
    for (const auto id : model.graph.parameters()) {
      const std::string& parameter = model.graph.value(id).name;
      tensors.emplace(parameter, testing::random_floats(ir::bind(model.graph.value(id).shape, {}), id));
    }
    if (change) change(tensors);
    ModelRef reference = named(name, config);
    reference.weights = write_safetensors(root_.path() / "w.safetensors", tensors).string();
    return reference;
  }
  static void rename(NamedTensors& tensors, const std::function<std::string(const std::string&)>& to) {
    NamedTensors renamed;
    for (auto& [name, tensor] : tensors) renamed.emplace(to(name), std::move(tensor));
    tensors = std::move(renamed);
  }

  TemporaryFolder root_;
};

TEST_F(NetworkFile, IsRead) {
  const ModelRef reference = write("tiny", Json::object(), sizes(16, 16));
  const Model model = load_model(reference, sizes(16, 16), 3);
  EXPECT_EQ(model.weights->kind(), "checkpoint");
  EXPECT_EQ(model.weights->read("fc.bias").view.shape, (std::vector<std::int64_t>{2}));
}

TEST_F(NetworkFile, OfAnotherNetworkNamesTheFirstOfEither) {
  ModelRef reference = write("tiny", Json::object(), sizes(16, 16));
  reference.name = "resnet18";
  EXPECT_THAT(failure_text([&] { load_model(reference, sizes(64, 64), 3); }),
              AllOf(HasSubstr("have no tensor 'bn1.weight'"), HasSubstr("has not is 'conv1.bias'")));
  reference.name = "tiny";
  reference.config = {{"in_channels", 3}};
  EXPECT_THAT(failure_text([&] { load_model(reference, sizes(64, 64), 3); }),
              HasSubstr("tensor 'conv1.weight' has shape [16, 1, 3, 3], tiny makes it [16, 3, 3, 3]"));
  reference.weights = (root_.path() / "none.safetensors").string();
  EXPECT_THAT(failure_text([&] { load_model(reference, sizes(64, 64), 3); }), StartsWith("usage: "));
}

TEST_F(NetworkFile, MayHaveAWrapperAndTheNamesOfPublishedCheckpoints) {
  const ModelRef reference = write("densenet121", Json::object(), sizes(32, 32), [](NamedTensors& tensors) {
    rename(tensors, [](std::string name) {
      for (const std::string part : {"norm1", "norm2", "conv1", "conv2"}) {
        const auto at = name.find("." + part + ".");
        if (at != std::string::npos && name.find("denselayer") != std::string::npos)
          name.replace(at, part.size() + 1, "." + part.substr(0, 4) + "." + part.back());
      }
      return "module." + name;
    });
  });
  const Model model = load_model(reference, sizes(32, 32), 3);
  ASSERT_EQ(model.notes.size(), 1U);
  EXPECT_THAT(model.notes[0], HasSubstr("'module.' is taken off"));
}

TEST_F(NetworkFile, MayHaveBothNamesThatDynUNetHas) {
  const auto alias = [](NamedTensors& tensors) {
    const HostTensor& first = tensors.at("input_block.norm1.bias");
    tensors["skip_layers.downsample.norm1.bias"] = HostTensor::from_f32(first.shape(), first.f32());
    auto last = tensors.extract("upsamples.4.conv_block.norm1.bias");
    last.key() = "skip_layers.upsample.conv_block.norm1.bias";
    tensors.insert(std::move(last));
    tensors["heads.0.conv.conv.bias"] = HostTensor(DType::F32, {2});
  };
  const ModelRef reference = write("unet2d", Json::object(), sizes(64, 64), alias);
  EXPECT_NO_THROW(load_model(reference, sizes(64, 64), 3));
  const ModelRef broken = write("unet2d", Json::object(), sizes(64, 64), [&](NamedTensors& tensors) {
    alias(tensors);
    tensors.at("input_block.norm1.bias").f32()[0] += 1;
  });
  EXPECT_THAT(failure_text([&] { load_model(broken, sizes(64, 64), 3); }),
              HasSubstr("are the same parameter"));
}

TEST(ResolveModel, OfANetworkOnImages) {
  const ResolvedModel plain = resolve_model("tiny", WeightsPolicy::Auto);
  EXPECT_TRUE(plain.synthetic);
  EXPECT_EQ(plain.note, "");
  EXPECT_THAT(failure_text([] { resolve_model("tiny", WeightsPolicy::Require); }),
              HasSubstr("--weights FILE.safetensors"));
  const TemporaryFolder root;
  WeightsChoice file;
  file.file = root.write("w.safetensors", "").string();
  EXPECT_EQ(resolve_model("tiny", file).reference.weights, *file.file);
  EXPECT_THAT(failure_text([&] { resolve_model(root.path().string(), file); }),
              HasSubstr("a folder holds its own weights"));
  file.file = "none.safetensors";
  EXPECT_THAT(failure_text([&] { resolve_model("tiny", file); }), HasSubstr("there is no such file"));
}

}  // namespace
}  // namespace medbench
