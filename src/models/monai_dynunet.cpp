// The plain U-Net that nnU-Net (Isensee et al. 2021) plans, as MONAI's DynUNet builds and names it: two
// convolutions a stage, each with instance norm and leaky ReLU, strides on the way down, transposed
// convolutions on the way up, and the stage's features beside what comes from below.
#include <algorithm>
#include <array>
#include <vector>

#include "base/error.hpp"
#include "models/image_network.hpp"

namespace medbench {
namespace {

using ir::ValueId;

constexpr std::int64_t kMostFilters = 65'536;
constexpr std::size_t kMostStages = 16;
constexpr double kSlope = 0.01;

// DynUNet has each part a second time, in modules within modules; programs save one name of the two, or both.
constexpr std::array kRenamings{
    Renaming{Renaming::Place::Start, "skip_layers.downsample.", "input_block."},
    Renaming{Renaming::Place::Start, "skip_layers.next_layer.downsample.", "downsamples.0."},
    Renaming{Renaming::Place::Start, "skip_layers.next_layer.next_layer.downsample.", "downsamples.1."},
    Renaming{Renaming::Place::Start, "skip_layers.next_layer.next_layer.next_layer.downsample.",
             "downsamples.2."},
    Renaming{Renaming::Place::Start, "skip_layers.next_layer.next_layer.next_layer.next_layer.downsample.",
             "downsamples.3."},
    Renaming{Renaming::Place::Start, "skip_layers.next_layer.next_layer.next_layer.next_layer.next_layer.",
             "bottleneck."},
    Renaming{Renaming::Place::Start, "skip_layers.next_layer.next_layer.next_layer.next_layer.upsample.",
             "upsamples.0."},
    Renaming{Renaming::Place::Start, "skip_layers.next_layer.next_layer.next_layer.upsample.",
             "upsamples.1."},
    Renaming{Renaming::Place::Start, "skip_layers.next_layer.next_layer.upsample.", "upsamples.2."},
    Renaming{Renaming::Place::Start, "skip_layers.next_layer.upsample.", "upsamples.3."},
    Renaming{Renaming::Place::Start, "skip_layers.upsample.", "upsamples.4."},
};

Axes usual(const Json& config, std::string_view origin) {
  const std::int64_t dims = read_image_settings(config, origin).dims;
  return image_axes(dims, dims == 3 ? 64 : 256);
}

ValueId block(ImageBuilder& builder, ValueId x, std::int64_t out, std::int64_t stride,
              const std::string& name) {
  for (const std::string number : {"1", "2"}) {
    x = builder.convolution(x, out, {.kernel = 3, .stride = number == "1" ? stride : 1, .padding = 1},
                            name + ".conv" + number + ".conv");
    x = builder.instance_norm(x, name + ".norm" + number);
    x = builder.graph().leaky_relu(x, kSlope, name + ".lrelu" + number);
  }
  return x;
}

// What comes back from a stage must be as large as what went in, and an instance norm needs more than one
// element.
void check_sizes(const ImageBuilder& builder, std::size_t stages, const std::string& name) {
  const std::int64_t step = std::int64_t{1} << (stages - 1);
  std::int64_t left = 1;
  for (std::size_t i = 0; i < builder.dims(); ++i) {
    const std::int64_t size = builder.size(builder.input(), i);
    if (size % step != 0) {
      throw usage_error("{} of {} stages takes sizes that are multiples of {}, and {} is none",
                        printable(name), stages, step, size);
    }
    left *= size / step;
  }
  if (left == 1) {
    throw usage_error("{}: sizes of {} alone leave one element in the last stage, which cannot be normalised",
                      printable(name), step);
  }
}

Model build(const ModelSource& source) {
  const ImageSettings settings = read_image_settings(source.config, source.origin);
  const auto filters = read_sizes(source.config, "filters", kMostFilters, source.origin);
  if (filters.size() < 3 || filters.size() > kMostStages)
    throw usage_error("{}: \"filters\" must have 3 to {} numbers", source.origin, kMostStages);
  ImageBuilder builder(source, settings);
  check_sizes(builder, filters.size(), source.name);

  std::vector<ValueId> stages;  // what each gives, but the last
  ValueId x = block(builder, builder.input(), filters.front(), 1, "input_block");
  for (std::size_t i = 1; i < filters.size(); ++i) {
    stages.push_back(x);
    const bool is_last = i + 1 == filters.size();
    x = block(builder, x, filters[i], 2, is_last ? "bottleneck" : fmt::format("downsamples.{}", i - 1));
  }
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const std::string name = fmt::format("upsamples.{}", i);
    const ValueId skip = stages[stages.size() - 1 - i];
    const std::int64_t out = builder.channels(skip);
    x = builder.up_convolution(x, out, name + ".transp_conv.conv");
    x = builder.graph().concatenate({x, skip}, 1, name + ".concat");
    x = block(builder, x, out, 1, name + ".conv_block");
  }
  x = builder.convolution(x, settings.num_classes, {.kernel = 1, .stride = 1, .bias = true},
                          "output_block.conv.conv");
  return builder.model(x, ir::OutputKind::Segmentation);
}

}  // namespace

constinit const ModelFamily kMonaiDynunetFamily{.name = "monai_dynunet",
                                                .classes = {},
                                                .usual = usual,
                                                .renamings = kRenamings,
                                                .anchor = "input_block.conv1.conv.weight",
                                                .build = build};

}  // namespace medbench
