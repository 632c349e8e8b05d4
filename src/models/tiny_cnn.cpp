// The small CNN of the imaging benchmark: three times convolution, SiLU and max-pooling, then an adaptive
// average of 4 in each dimension and a linear classifier.
#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.hpp"
#include "models/image_network.hpp"

namespace medbench {
namespace {

constexpr std::array<std::int64_t, 3> kChannels{16, 32, 64};
constexpr std::int64_t kPooled = 4;

Axes usual(const Json& config, std::string_view origin) {
  const std::int64_t dims = read_image_settings(config, origin).dims;
  const Axes axes = image_axes(dims, 256, 8);
  return dims == 3 ? axes.with(Axis::Depth, 32) : axes;
}

Model build(const ModelSource& source) {
  ImageBuilder builder(source, read_image_settings(source.config, source.origin));
  const std::int64_t groups = read_size(source.config, "groups", 65'536, source.origin);
  const bool depthwise = find_bool(source.config, "depthwise", source.origin).value_or(false);
  ir::ValueId x = builder.input();
  for (std::size_t i = 0; i < kChannels.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    // Depthwise: as many groups as its channels allow.
    const std::int64_t own = depthwise ? std::gcd(builder.channels(x), kChannels.at(i)) : groups;
    x = builder.convolution(x, kChannels.at(i),
                            {.kernel = 3, .stride = 1, .padding = 1, .groups = own, .bias = true},
                            "conv" + number);
    x = builder.graph().silu(x, "silu" + number);
    x = builder.pool(x, ir::Pooling::Max, {.kernel = 2, .stride = 2}, "pool" + number);
  }
  x = builder.graph().adaptive_average_pool(x, builder.all(kPooled), "pool");
  return builder.model(builder.classifier(x, "fc"), ir::OutputKind::Logits);
}

}  // namespace

constinit const ModelFamily kTinyCnnFamily{.name = "tiny_cnn",
                                           .classes = {},
                                           .usual = usual,
                                           .renamings = {},
                                           .anchor = "conv1.weight",
                                           .build = build};

}  // namespace medbench
