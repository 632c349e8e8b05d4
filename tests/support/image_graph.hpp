// A graph of all operations on images, for goldens.
#pragma once

#include <optional>

#include "ir/builder.hpp"

namespace medbench::testing {

inline ir::Graph every_image_operation() {
  ir::GraphBuilder graph("images");
  const ir::ValueId x = graph.input("x", DType::F32, {ir::kBatch, 4, 8, 8});
  const ir::ValueId weight = graph.parameter("weight", {4, 2, 3, 3});
  const ir::ValueId vector = graph.parameter("vector", {4});
  const ir::ValueId filtered =
      graph.convolution(x, weight, vector, {.stride = {2, 2}, .padding = {1, 1}, .groups = 2}, "filtered");
  const ir::ValueId wide = graph.transposed_convolution(
      filtered, weight, std::nullopt, {.stride = {2, 2}, .output_padding = {0, 1}, .groups = 2}, "wide");
  const ir::ValueId largest = graph.pool(wide, {.kernel = {2, 2}}, "largest");
  const ir::Pool average{
      .kind = ir::Pooling::Average, .kernel = {3, 3}, .stride = {1, 1}, .count_padding = false};
  const ir::ValueId means = graph.pool(largest, average, "means");
  const ir::ValueId batch = graph.batch_norm(means, vector, vector, vector, vector, 1e-3, "batch");
  const ir::ValueId plain = graph.instance_norm(batch, 1e-5, "plain");
  const ir::ValueId affine = graph.instance_norm(plain, vector, vector, 1e-5, "affine");
  const ir::ValueId both = graph.concatenate({batch, affine}, 1, "both");
  const ir::ValueId large = graph.upsample(both, ir::Interpolation::Linear, {2, 3}, "large");
  const ir::ValueId padded = graph.pad(large, {0, 0, 1, 2}, {0, 0, 0, 1}, 0.5, "padded");
  const ir::ValueId bytes = graph.fake_quantize(padded, {.min = -1, .max = 2}, "bytes");
  const ir::ValueId peaks = graph.pool(bytes, {.kernel = {2, 2}}, "peaks");
  const ir::ValueId filters = graph.parameter("filters", {4, 8, 1, 1});
  const ir::ValueId integers =
      graph.quantized_convolution(peaks, filters, vector, {.weight_max = 63}, "integers");
  graph.output("y", graph.adaptive_average_pool(integers, {2, 2}, "pooled"));
  return graph.build();
}

}  // namespace medbench::testing
