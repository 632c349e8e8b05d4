#include "models/image_network.hpp"

#include <utility>

#include "base/error.hpp"

namespace medbench {

using ir::ValueId;

namespace {

// Far above every published network, and products stay within 63 bits.
constexpr std::int64_t kMostChannels = 65'536;
constexpr std::size_t kMostSizes = 1'000;

constexpr std::size_t kSpatial = 2;  // first axis of the spatial ones
constexpr double kEpsilon = 1e-5;    // of PyTorch's normalisations

std::int64_t check_size(std::int64_t value, std::string_view key, std::int64_t most,
                        std::string_view origin) {
  if (value >= 1 && value <= most) return value;
  throw usage_error("{}: \"{}\" is {}; it must be from 1 to {}", origin, key, value, most);
}

// Standardised, as such networks are fed, and the same number of each sign.
ir::InputSpec pixels(const ModelSource& source, const ImageSettings& settings) {
  ir::Shape shape{ir::kBatch, settings.in_channels};
  for (const AxisInfo& row : kAxes) {
    if (!image_axes(settings.dims, 1).has(row.axis) || row.axis == Axis::Batch) continue;
    const std::int64_t size = source.axes[row.axis];
    if (size == 0) throw usage_error("{} needs a {}, and none is given", printable(source.name), row.noun);
    if (size < 1 || size > row.most) {
      throw usage_error("it must be from 1 to {}", row.most).about(fmt::format("{} {}", row.noun, size));
    }
    shape.emplace_back(size);
  }
  return {.name = "input",
          .dtype = DType::F32,
          .shape = std::move(shape),
          .role = ir::Role::Pixels,
          .domain = {-1, 1}};
}

}  // namespace

std::int64_t read_size(const Json& config, std::string_view key, std::int64_t most, std::string_view origin) {
  return check_size(get_int(config, key, origin), key, most, origin);
}

std::vector<std::int64_t> read_sizes(const Json& config, std::string_view key, std::int64_t most,
                                     std::string_view origin) {
  const auto found = config.find(key);
  if (found == config.end() || !found->is_array() || found->empty() || found->size() > kMostSizes)
    throw usage_error("{}: \"{}\" must be a list of 1 to {} sizes", origin, key, kMostSizes);
  std::vector<std::int64_t> sizes;
  for (const Json& size : *found) {
    if (!size.is_number_integer())
      throw usage_error("{}: \"{}\" must be a list of whole numbers", origin, key);
    sizes.push_back(check_size(size.get<std::int64_t>(), key, most, origin));
  }
  return sizes;
}

ImageSettings read_image_settings(const Json& config, std::string_view origin) {
  const std::int64_t dims = get_int(config, "dims", origin);
  if (dims != 2 && dims != 3) throw usage_error("{}: \"dims\" is {}; it must be 2 or 3", origin, dims);
  return {.dims = dims,
          .in_channels = read_size(config, "in_channels", kMostChannels, origin),
          .num_classes = read_size(config, "num_classes", kMostChannels, origin)};
}

void require_two_dimensions(const ImageSettings& settings, std::string_view origin) {
  if (settings.dims != 2)
    throw usage_error("{}: \"dims\" is {}; this network has two dimensions alone", origin, settings.dims);
}

Axes image_axes(std::int64_t dims, std::int64_t size, std::int64_t batch) {
  Axes axes{{Axis::Batch, batch}, {Axis::Height, size}, {Axis::Width, size}};
  if (dims == 3) axes.set(Axis::Depth, size);
  return axes;
}

ImageBuilder::ImageBuilder(const ModelSource& source, const ImageSettings& settings)
    : settings_(settings),
      name_(source.name),
      graph_(source.name),
      spec_(pixels(source, settings)),
      input_(graph_.input(spec_)) {}

std::int64_t ImageBuilder::size(ValueId x, std::size_t dimension) const {
  return graph_.shape(x)[kSpatial + dimension].factor;
}

std::int64_t ImageBuilder::channels(ValueId x) const {
  return graph_.shape(x)[1].factor;
}

ValueId ImageBuilder::convolution(ValueId x, std::int64_t out, const Window& window,
                                  const std::string& name) {
  const std::int64_t in = channels(x);
  if (in % window.groups != 0 || out % window.groups != 0) {
    throw usage_error("{}: {} groups do not divide the {} channels that {} takes and the {} that it gives",
                      printable(name_), window.groups, in, name, out);
  }
  ir::Shape shape{out, in / window.groups};
  shape.insert(shape.end(), dims(), window.kernel);
  const ValueId weight = graph_.parameter(name + ".weight", shape);
  std::optional<ValueId> bias;
  if (window.bias) bias = parameter(name + ".bias", out);
  return graph_.convolution(
      x, weight, bias,
      {.stride = all(window.stride), .padding = all(window.padding), .groups = window.groups}, name);
}

ValueId ImageBuilder::up_convolution(ValueId x, std::int64_t out, const std::string& name) {
  constexpr std::int64_t kScale = 2;
  ir::Shape shape{channels(x), out};
  shape.insert(shape.end(), dims(), kScale);
  const ValueId weight = graph_.parameter(name + ".weight", shape);
  return graph_.transposed_convolution(x, weight, std::nullopt, {.stride = all(kScale)}, name);
}

ValueId ImageBuilder::batch_norm(ValueId x, const std::string& name) {
  const std::int64_t count = channels(x);
  const ValueId scale = parameter(name + ".weight", count);
  const ValueId shift = parameter(name + ".bias", count);
  const ValueId mean = parameter(name + ".running_mean", count);
  const ValueId variance = parameter(name + ".running_var", count);
  return graph_.batch_norm(x, scale, shift, mean, variance, kEpsilon, name);
}

ValueId ImageBuilder::instance_norm(ValueId x, const std::string& name) {
  const ValueId scale = parameter(name + ".weight", channels(x));
  const ValueId shift = parameter(name + ".bias", channels(x));
  return graph_.instance_norm(x, scale, shift, kEpsilon, name);
}

ValueId ImageBuilder::relu(ValueId x, const std::string& name) {
  return graph_.activate(x, ir::Activation::Relu, name);
}

ValueId ImageBuilder::pool(ValueId x, ir::Pooling kind, const Window& window, const std::string& name) {
  for (std::size_t i = 0; i < dims(); ++i) {
    if (size(x, i) + 2 * window.padding >= window.kernel) continue;
    ir::Shape sizes(graph_.shape(input_).begin() + kSpatial, graph_.shape(input_).end());
    throw usage_error("{}: an input of {} is too small: nothing would be left of it in {}", printable(name_),
                      ir::to_string(sizes), name);
  }
  return graph_.pool(x,
                     {.kind = kind,
                      .kernel = all(window.kernel),
                      .stride = all(window.stride),
                      .padding = all(window.padding)},
                     name);
}

ValueId ImageBuilder::classifier(ValueId x, const std::string& name) {
  const ValueId flat = graph_.flatten(x, 1, name + ".flatten");
  const ValueId weight =
      graph_.parameter(name + ".weight", {settings_.num_classes, graph_.shape(flat).back()});
  return graph_.linear(flat, weight, parameter(name + ".bias", settings_.num_classes), name);
}

Model ImageBuilder::model(ValueId output, ir::OutputKind kind) {
  Model model;
  model.name = name_;
  model.output = {.name = "output", .class_axis = 1, .kind = kind, .labels = {}};
  for (std::int64_t i = 0; i < settings_.num_classes; ++i) model.output.labels.push_back(std::to_string(i));
  graph_.output(model.output.name, output);
  model.graph = graph_.build();
  model.inputs = {spec_};
  return model;
}

}  // namespace medbench
