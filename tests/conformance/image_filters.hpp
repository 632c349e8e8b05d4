// The convolutions that families of cases have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/builder.hpp"
#include "tests/conformance/case_builder.hpp"

namespace medbench::conformance {

constexpr Axes batch(std::int64_t images) {
  return {{Axis::Batch, images}};
}

inline ir::Shape with_sizes(ir::Shape shape, const ir::PerDimension& sizes) {
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  return shape;
}

inline ir::ValueId image(ir::GraphBuilder& graph, std::int64_t channels, const ir::PerDimension& sizes,
                         const std::string& name = "x") {
  return graph.input(name, DType::F32, with_sizes({ir::kBatch, channels}, sizes));
}

struct Filter {
  std::string name;
  std::int64_t batch, in, out, groups;
  ir::PerDimension size, kernel, stride = {}, padding = {}, dilation = {};
  bool bias = true;
};

inline std::vector<Filter> filters() {
  return {
      {"one_element", 1, 1, 1, 1, {1, 1}, {1, 1}},
      {"one_channel", 1, 1, 16, 1, {9, 7}, {3, 3}, {}, {1, 1}},
      {"to_one_channel", 3, 5, 1, 1, {6, 5}, {1, 1}, {}, {}, {}, false},
      {"odd", 3, 3, 7, 1, {11, 13}, {3, 3}, {}, {1, 1}},
      {"no_padding", 1, 4, 4, 1, {8, 5}, {5, 2}},
      {"stride", 3, 3, 8, 1, {15, 18}, {7, 7}, {2, 2}, {3, 3}, {}, false},
      {"dimensions_differ", 1, 2, 3, 1, {7, 12}, {1, 4}, {3, 1}, {0, 2}, {1, 2}},
      {"dilation", 1, 4, 6, 1, {13, 11}, {3, 3}, {}, {2, 2}, {2, 2}},
      {"groups", 3, 6, 4, 2, {7, 9}, {3, 3}, {2, 1}, {1, 1}},
      {"depthwise", 3, 8, 8, 8, {9, 9}, {3, 3}, {}, {1, 1}},
      {"depthwise_to_more", 1, 3, 6, 3, {7, 6}, {5, 5}, {2, 2}, {2, 2}, {}, false},
      {"wide", 1, 32, 64, 1, {14, 14}, {3, 3}, {}, {1, 1}, {}, false},
      {"more_padding_than_image", 1, 2, 2, 1, {2, 3}, {5, 5}, {}, {4, 4}},
      {"volume", 3, 3, 5, 1, {5, 7, 6}, {3, 3, 3}, {}, {1, 1, 1}},
      {"volume_of_one_channel", 1, 1, 4, 1, {4, 5, 9}, {1, 3, 2}, {1, 2, 1}, {0, 1, 0}, {1, 1, 3}, false},
      {"volume_in_groups", 1, 6, 9, 3, {5, 5, 4}, {3, 2, 3}, {2, 2, 2}, {1, 0, 1}},
      {"volume_depthwise", 3, 4, 4, 4, {4, 6, 5}, {3, 3, 3}, {}, {1, 1, 1}},
      {"volume_of_one_slice", 1, 3, 4, 1, {1, 8, 8}, {1, 3, 3}, {}, {0, 1, 1}},
  };
}

}  // namespace medbench::conformance
