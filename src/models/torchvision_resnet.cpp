// ResNet (He et al. 2015) as torchvision builds and names it: its bottleneck has the stride in the 3x3
// convolution, which is called v1.5.
#include <array>

#include "base/error.hpp"
#include "models/image_network.hpp"

namespace medbench {
namespace {

using ir::ValueId;

constexpr std::int64_t kStem = 64;           // channels, and the width of the first stage
constexpr std::int64_t kMostBlocks = 1'000;  // of a stage

Axes usual(const Json& config, std::string_view origin) {
  return image_axes(read_image_settings(config, origin).dims, 224);
}

struct Stage {
  std::int64_t width;
  std::int64_t stride;  // of its first block
};

ValueId normed(ImageBuilder& builder, ValueId x, std::int64_t out, const ImageBuilder::Window& window,
               const std::string& convolution, const std::string& norm) {
  return builder.batch_norm(builder.convolution(x, out, window, convolution), norm);
}

ValueId block(ImageBuilder& builder, ValueId x, const Stage& stage, bool bottleneck,
              const std::string& name) {
  const std::int64_t out = bottleneck ? 4 * stage.width : stage.width;
  const ImageBuilder::Window wide{.kernel = 3, .stride = stage.stride, .padding = 1};
  const ImageBuilder::Window plain{.kernel = 3, .stride = 1, .padding = 1};
  const ImageBuilder::Window point{.kernel = 1, .stride = 1};
  const auto layer = [&](ValueId from, std::int64_t channels, const ImageBuilder::Window& window,
                         const std::string& number) {
    return normed(builder, from, channels, window, name + ".conv" + number, name + ".bn" + number);
  };
  ValueId y = layer(x, stage.width, bottleneck ? point : wide, "1");
  y = builder.relu(y, name + ".relu1");
  y = layer(y, stage.width, bottleneck ? wide : plain, "2");
  if (bottleneck) y = layer(builder.relu(y, name + ".relu2"), out, point, "3");
  ValueId shortcut = x;
  if (stage.stride != 1 || builder.channels(x) != out) {
    const std::string down = name + ".downsample";
    shortcut = normed(builder, x, out, {.kernel = 1, .stride = stage.stride}, down + ".0", down + ".1");
  }
  return builder.relu(builder.graph().add(y, shortcut, name + ".add"), name + ".relu");
}

Model build(const ModelSource& source) {
  const ImageSettings settings = read_image_settings(source.config, source.origin);
  require_two_dimensions(settings, source.origin);
  const std::string kind = get_string(source.config, "block", source.origin);
  if (kind != "basic" && kind != "bottleneck")
    throw usage_error("{}: \"block\" is {}, not basic or bottleneck", source.origin, printable(kind));
  const auto layers = read_sizes(source.config, "layers", kMostBlocks, source.origin);
  if (layers.size() != 4) throw usage_error("{}: \"layers\" must have 4 numbers", source.origin);

  ImageBuilder builder(source, settings);
  ValueId x =
      normed(builder, builder.input(), kStem, {.kernel = 7, .stride = 2, .padding = 3}, "conv1", "bn1");
  x = builder.pool(builder.relu(x, "relu"), ir::Pooling::Max, {.kernel = 3, .stride = 2, .padding = 1},
                   "maxpool");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (std::int64_t j = 0; j < layers[i]; ++j) {
      const Stage stage{.width = kStem << i, .stride = i > 0 && j == 0 ? 2 : 1};
      x = block(builder, x, stage, kind == "bottleneck", fmt::format("layer{}.{}", i + 1, j));
    }
  }
  x = builder.graph().global_average_pool(x, "avgpool");
  return builder.model(builder.classifier(x, "fc"), ir::OutputKind::Logits);
}

}  // namespace

constinit const ModelFamily kTorchvisionResnetFamily{.name = "torchvision_resnet",
                                                     .classes = {},
                                                     .usual = usual,
                                                     .renamings = {},
                                                     .anchor = "layer1.0.conv1.weight",
                                                     .build = build};

}  // namespace medbench
