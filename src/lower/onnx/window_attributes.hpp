// Attributes of ONNX's convolutions and pools. Internal to the lowering.
#pragma once

#include <utility>
#include <vector>

#include "ir/graph.hpp"
#include "lower/onnx/model_builder.hpp"

namespace medbench::lower {

inline constexpr std::size_t kSpatial = 2;  // first axis of the spatial ones

inline ir::PerDimension joined(ir::PerDimension first, const ir::PerDimension& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

inline ir::PerDimension sizes_behind(const ir::Shape& shape, std::size_t axis) {
  ir::PerDimension sizes;
  for (std::size_t i = axis; i < shape.size(); ++i) sizes.push_back(shape[i].factor);
  return sizes;
}

template <class Op>
std::vector<Attribute> window_attributes(const Op& op, ir::PerDimension kernel) {
  return {
      {"kernel_shape", std::move(kernel)}, {"strides", op.stride}, {"pads", joined(op.padding, op.padding)}};
}

template <class Op>
std::vector<Attribute> filter_attributes(const Op& op, const ir::Shape& weight) {
  std::vector<Attribute> attributes = window_attributes(op, sizes_behind(weight, kSpatial));
  attributes.push_back({"dilations", op.dilation});
  attributes.push_back({"group", op.groups});
  return attributes;
}

}  // namespace medbench::lower
