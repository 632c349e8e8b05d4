// DenseNet-BC (Huang et al. 2016) as torchvision builds and names it: within a block every layer takes what
// all layers before it gave.
#include <array>
#include <vector>

#include "base/error.hpp"
#include "models/image_network.hpp"

namespace medbench {
namespace {

using ir::ValueId;

constexpr std::int64_t kMost = 65'536;
constexpr std::int64_t kMostLayers = 1'000;  // of a block

// Published checkpoints call the two halves of a layer "norm.1" and so on.
constexpr std::array kRenamings{
    Renaming{Renaming::Place::End, ".norm.1.weight", ".norm1.weight"},
    Renaming{Renaming::Place::End, ".norm.1.bias", ".norm1.bias"},
    Renaming{Renaming::Place::End, ".norm.1.running_mean", ".norm1.running_mean"},
    Renaming{Renaming::Place::End, ".norm.1.running_var", ".norm1.running_var"},
    Renaming{Renaming::Place::End, ".norm.2.weight", ".norm2.weight"},
    Renaming{Renaming::Place::End, ".norm.2.bias", ".norm2.bias"},
    Renaming{Renaming::Place::End, ".norm.2.running_mean", ".norm2.running_mean"},
    Renaming{Renaming::Place::End, ".norm.2.running_var", ".norm2.running_var"},
    Renaming{Renaming::Place::End, ".conv.1.weight", ".conv1.weight"},
    Renaming{Renaming::Place::End, ".conv.2.weight", ".conv2.weight"},
};

Axes usual(const Json& config, std::string_view origin) {
  return image_axes(read_image_settings(config, origin).dims, 224);
}

// Batch norm, ReLU, convolution: what a layer does with `x`, twice, and a transition once.
ValueId normed_convolution(ImageBuilder& builder, ValueId x, std::int64_t out,
                           const ImageBuilder::Window& window, const std::string& name,
                           const std::string& number = {}) {
  x = builder.batch_norm(x, name + ".norm" + number);
  x = builder.relu(x, name + ".relu" + number);
  return builder.convolution(x, out, window, name + ".conv" + number);
}

struct Growth {
  std::int64_t rate;
  std::int64_t bottleneck;  // channels between the two convolutions of a layer
};

ValueId dense_block(ImageBuilder& builder, ValueId x, std::int64_t layers, const Growth& growth,
                    const std::string& name) {
  std::vector<ValueId> features{x};
  for (std::int64_t i = 1; i <= layers; ++i) {
    const std::string layer = fmt::format("{}.denselayer{}", name, i);
    ValueId y = features.size() == 1 ? x : builder.graph().concatenate(features, 1, layer + ".concat");
    y = normed_convolution(builder, y, growth.bottleneck, {.kernel = 1, .stride = 1}, layer, "1");
    y = normed_convolution(builder, y, growth.rate, {.kernel = 3, .stride = 1, .padding = 1}, layer, "2");
    features.push_back(y);
  }
  return builder.graph().concatenate(features, 1, name + ".concat");
}

Model build(const ModelSource& source) {
  const auto size = [&](const char* key) { return read_size(source.config, key, kMost, source.origin); };
  const ImageSettings settings = read_image_settings(source.config, source.origin);
  require_two_dimensions(settings, source.origin);
  const Growth growth{.rate = size("growth_rate"), .bottleneck = size("growth_rate") * size("bn_size")};
  const auto blocks = read_sizes(source.config, "block_config", kMostLayers, source.origin);

  ImageBuilder builder(source, settings);
  ValueId x = builder.convolution(builder.input(), size("num_init_features"),
                                  {.kernel = 7, .stride = 2, .padding = 3}, "features.conv0");
  x = builder.relu(builder.batch_norm(x, "features.norm0"), "features.relu0");
  x = builder.pool(x, ir::Pooling::Max, {.kernel = 3, .stride = 2, .padding = 1}, "features.pool0");
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    x = dense_block(builder, x, blocks[i], growth, fmt::format("features.denseblock{}", i + 1));
    if (i + 1 == blocks.size()) break;
    const std::string transition = fmt::format("features.transition{}", i + 1);
    x = normed_convolution(builder, x, builder.channels(x) / 2, {.kernel = 1, .stride = 1}, transition);
    x = builder.pool(x, ir::Pooling::Average, {.kernel = 2, .stride = 2}, transition + ".pool");
  }
  x = builder.relu(builder.batch_norm(x, "features.norm5"), "relu");
  x = builder.graph().global_average_pool(x, "avgpool");
  return builder.model(builder.classifier(x, "classifier"), ir::OutputKind::Logits);
}

}  // namespace

constinit const ModelFamily kTorchvisionDensenetFamily{.name = "torchvision_densenet",
                                                       .classes = {},
                                                       .usual = usual,
                                                       .renamings = kRenamings,
                                                       .anchor = "features.conv0.weight",
                                                       .build = build};

}  // namespace medbench
