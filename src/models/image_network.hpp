// What networks on images have in common: the settings that a user can change, the input of pixels or voxels,
// and layers whose parameters carry the names that PyTorch's modules give them. A family is what it makes of
// these; depth, height and width are numbers of its graph.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "ir/builder.hpp"
#include "models/family.hpp"
#include "models/model.hpp"

namespace medbench {

struct ImageSettings {
  std::int64_t dims = 2;  // 2 or 3
  std::int64_t in_channels = 1;
  std::int64_t num_classes = 2;
};

// "dims", "in_channels" and "num_classes". Throws Usage and names the key.
ImageSettings read_image_settings(const Json& config, std::string_view origin);
// For a family that has no other form. Throws Usage.
void require_two_dimensions(const ImageSettings& settings, std::string_view origin);
// From 1 to `most`. Throws Usage and names the key.
std::int64_t read_size(const Json& config, std::string_view key, std::int64_t most, std::string_view origin);
// As many such sizes as the list has, at least one. Throws Usage and names the key.
std::vector<std::int64_t> read_sizes(const Json& config, std::string_view key, std::int64_t most,
                                     std::string_view origin);

extern const ModelFamily kTinyCnnFamily;
extern const ModelFamily kTorchvisionResnetFamily;
extern const ModelFamily kTorchvisionDensenetFamily;
extern const ModelFamily kMonaiDynunetFamily;

// Batch, (depth,) height and width, each of `size` but the batch.
Axes image_axes(std::int64_t dims, std::int64_t size, std::int64_t batch = 1);

class ImageBuilder {
 public:
  struct Window {  // of equal numbers in all dimensions
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    std::int64_t groups = 1;
    bool bias = false;
  };

  // Reads depth, height and width from the source. Throws Usage where one is missing or below 1.
  ImageBuilder(const ModelSource& source, const ImageSettings& settings);

  [[nodiscard]] ir::ValueId input() const { return input_; }
  // Parameters: `name` + ".weight", and ".bias" if there is one.
  ir::ValueId convolution(ir::ValueId x, std::int64_t out, const Window& window, const std::string& name);
  // Doubles every size.
  ir::ValueId up_convolution(ir::ValueId x, std::int64_t out, const std::string& name);
  // ".weight", ".bias", ".running_mean", ".running_var".
  ir::ValueId batch_norm(ir::ValueId x, const std::string& name);
  ir::ValueId instance_norm(ir::ValueId x, const std::string& name);
  ir::ValueId relu(ir::ValueId x, const std::string& name);
  // Throws Usage where the window leaves nothing.
  ir::ValueId pool(ir::ValueId x, ir::Pooling kind, const Window& window, const std::string& name);
  // Flattened, through a linear map to the classes: [batch, classes].
  ir::ValueId classifier(ir::ValueId x, const std::string& name);

  ir::GraphBuilder& graph() { return graph_; }
  // The size of one spatial dimension, counted from 0.
  [[nodiscard]] std::int64_t size(ir::ValueId x, std::size_t dimension) const;
  [[nodiscard]] std::int64_t channels(ir::ValueId x) const;
  [[nodiscard]] std::size_t dims() const { return static_cast<std::size_t>(settings_.dims); }
  [[nodiscard]] ir::PerDimension all(std::int64_t number) const { return ir::PerDimension(dims(), number); }

  // The graph that ends in `output`, with what it takes and gives, without weights.
  Model model(ir::ValueId output, ir::OutputKind kind);

 private:
  ir::ValueId parameter(const std::string& name, std::int64_t size) { return graph_.parameter(name, {size}); }

  ImageSettings settings_;
  std::string name_;
  ir::GraphBuilder graph_;
  ir::InputSpec spec_;
  ir::ValueId input_;
};

}  // namespace medbench
