// Operations on images and volumes.
#include <fmt/ranges.h>
#include <optional>
#include <string>
#include <vector>

#include "tests/conformance/case_builder.hpp"
#include "tests/conformance/image_filters.hpp"

namespace medbench::conformance {
namespace {

using ir::GraphBuilder;
using ir::Interpolation;
using ir::kBatch;
using ir::PerDimension;
using ir::ValueId;

struct TransposedFilter {
  Filter filter;
  PerDimension output_padding = {};
};

std::vector<TransposedFilter> transposed_filters() {
  return {
      {{"one_element", 1, 1, 1, 1, {1, 1}, {1, 1}}},
      {{"twice_as_large", 3, 4, 3, 1, {5, 7}, {2, 2}, {2, 2}}},
      {{"odd", 3, 3, 5, 1, {6, 5}, {3, 3}, {2, 2}, {1, 1}}, {1, 1}},
      {{"stride_1", 1, 2, 4, 1, {7, 5}, {4, 3}, {}, {1, 2}, {}, false}},
      {{"dimensions_differ", 1, 3, 2, 1, {4, 9}, {3, 1}, {3, 1}, {1, 0}}, {2, 0}},
      {{"dilation", 1, 2, 3, 1, {5, 6}, {3, 2}, {2, 1}, {1, 0}, {2, 3}}},
      {{"groups", 3, 6, 4, 2, {5, 4}, {3, 3}, {2, 2}, {1, 1}}},
      {{"depthwise", 1, 5, 5, 5, {4, 7}, {4, 4}, {2, 2}, {1, 1}, {}, false}},
      {{"volume", 3, 4, 2, 1, {3, 4, 5}, {2, 2, 2}, {2, 2, 2}}},
      {{"volume_in_groups", 1, 4, 6, 2, {3, 5, 2}, {3, 1, 2}, {2, 1, 2}, {1, 0, 0}, {}, false}, {1, 0, 1}},
  };
}

struct Window {
  std::string name;
  std::int64_t batch, channels;
  PerDimension size, kernel, stride = {}, padding = {};
};

std::vector<Window> windows() {
  return {
      {"halves", 3, 4, {8, 6}, {2, 2}},
      {"odd", 1, 3, {7, 9}, {2, 2}},
      {"one_channel", 1, 1, {5, 5}, {3, 3}, {1, 1}},
      {"padding", 3, 5, {9, 11}, {3, 3}, {2, 2}, {1, 1}},
      {"dimensions_differ", 1, 2, {7, 10}, {2, 5}, {1, 3}, {1, 2}},
      {"gaps", 1, 2, {11, 8}, {2, 1}, {3, 2}},
      {"everything", 1, 2, {4, 5}, {4, 5}},
      {"volume", 3, 2, {6, 4, 8}, {2, 2, 2}},
      {"volume_odd", 1, 3, {5, 7, 6}, {3, 2, 3}, {2, 1, 2}, {1, 0, 1}},
  };
}

struct Normalised {
  std::int64_t batch, channels;
  PerDimension size;
};

void add_pools(CaseBuilder& cases, const std::string& suffix, const ir::Pool& like) {
  for (const Window& window : windows()) {
    cases.add(window.name + suffix, batch(window.batch), [&](GraphBuilder& graph) {
      ir::Pool op = like;
      op.kernel = window.kernel;
      op.stride = window.stride;
      op.padding = window.padding;
      return graph.pool(image(graph, window.channels, window.size), op);
    });
  }
}

}  // namespace

std::vector<Case> convolution_cases() {
  CaseBuilder cases;
  for (const Filter& filter : filters()) {
    cases.add(filter.name, batch(filter.batch), [&](GraphBuilder& graph) {
      const ir::Shape shape = with_sizes({filter.out, filter.in / filter.groups}, filter.kernel);
      const ValueId weight = graph.parameter("weight", shape);
      std::optional<ValueId> bias;
      if (filter.bias) bias = graph.parameter("bias", {filter.out});
      return graph.convolution(image(graph, filter.in, filter.size), weight, bias,
                               {filter.stride, filter.padding, filter.dilation, filter.groups, filter.bias});
    });
  }
  return cases.take();
}

std::vector<Case> transposed_convolution_cases() {
  CaseBuilder cases;
  for (const auto& [filter, output_padding] : transposed_filters()) {
    cases.add(
        filter.name, batch(filter.batch), [&, &op = filter, &more = output_padding](GraphBuilder& graph) {
          const ir::Shape shape = with_sizes({op.in, op.out / op.groups}, op.kernel);
          const ValueId weight = graph.parameter("weight", shape);
          std::optional<ValueId> bias;
          if (op.bias) bias = graph.parameter("bias", {op.out});
          return graph.transposed_convolution(image(graph, op.in, op.size), weight, bias,
                                              {op.stride, op.padding, op.dilation, more, op.groups, op.bias});
        });
  }
  return cases.take();
}

std::vector<Case> max_pool_cases() {
  CaseBuilder cases;
  add_pools(cases, "", {});
  return cases.take();
}

std::vector<Case> average_pool_cases() {
  CaseBuilder cases;
  add_pools(cases, "", {.kind = ir::Pooling::Average});
  add_pools(cases, "_without_padding", {.kind = ir::Pooling::Average, .count_padding = false});
  return cases.take();
}

std::vector<Case> adaptive_average_pool_cases() {
  struct Sizes {
    std::int64_t batch, channels;
    PerDimension from, to;
  };
  const std::vector<Sizes> sizes{
      {3, 5, {7, 9}, {1, 1}},       {1, 3, {8, 12}, {4, 4}},      {3, 4, {13, 10}, {4, 4}},
      {1, 1, {5, 7}, {3, 2}},       {1, 2, {3, 2}, {5, 4}},       {1, 2, {6, 5}, {6, 5}},
      {1, 2, {9, 3}, {3, 7}},       {3, 2, {4, 5, 6}, {1, 1, 1}}, {1, 3, {4, 8, 6}, {2, 4, 3}},
      {3, 2, {7, 5, 9}, {4, 4, 4}}, {1, 1, {2, 5, 3}, {3, 2, 3}},
  };
  CaseBuilder cases;
  for (const Sizes& item : sizes) {
    cases.add(fmt::format("{}_to_{}", fmt::join(item.from, "x"), fmt::join(item.to, "x")), batch(item.batch),
              [&](GraphBuilder& graph) {
                return graph.adaptive_average_pool(image(graph, item.channels, item.from), item.to);
              });
  }
  return cases.take();
}

std::vector<Case> batch_norm_cases() {
  CaseBuilder cases;
  for (const auto& [images, channels, size] : std::vector<Normalised>{
           {1, 1, {5, 7}}, {3, 3, {5, 7}}, {1, 8, {3, 4, 5}}, {3, 1, {3, 4, 5}}, {1, 4, {1, 1}}}) {
    const auto build = [&, channels = channels, &size = size](GraphBuilder& graph) {
      const auto vector = [&](const char* name) { return graph.parameter(name, {channels}); };
      return graph.batch_norm(image(graph, channels, size), vector("weight"), vector("bias"),
                              vector("running_mean"), vector("running_var"), channels == 3 ? 1e-3 : 1e-5);
    };
    cases.add(fmt::format("{}_channels_of_{}", channels, fmt::join(size, "x")), batch(images), build,
              {.scale = 3});
  }
  return cases.take();
}

std::vector<Case> instance_norm_cases() {
  CaseBuilder cases;
  for (const bool affine : {false, true}) {
    for (const auto& [images, channels, size] : std::vector<Normalised>{{1, 1, {9, 7}},
                                                                        {3, 3, {5, 8}},
                                                                        {1, 16, {16, 16}},
                                                                        {3, 2, {3, 5, 4}},
                                                                        {1, 1, {4, 4, 4}},
                                                                        {2, 264, {3, 5}},
                                                                        {3, 5, {1, 1}}}) {
      const auto build = [&, channels = channels, &size = size](GraphBuilder& graph) {
        const ValueId x = image(graph, channels, size);
        if (!affine) return graph.instance_norm(x, 1e-5);
        return graph.instance_norm(x, graph.parameter("weight", {channels}),
                                   graph.parameter("bias", {channels}), 1e-3);
      };
      cases.add(fmt::format("{}_channels_of_{}{}", channels, fmt::join(size, "x"), affine ? "_affine" : ""),
                batch(images), build, {.scale = 3});
    }
  }
  return cases.take();
}

std::vector<Case> concatenate_cases() {
  CaseBuilder cases;
  const auto add = [&](const std::string& name, std::int64_t images, int axis,
                       const std::vector<ir::Shape>& shapes) {
    cases.add(name, batch(images), [&](GraphBuilder& graph) {
      std::vector<ValueId> inputs;
      inputs.reserve(shapes.size());
      for (const ir::Shape& shape : shapes)
        inputs.push_back(graph.input(fmt::format("x{}", inputs.size()), DType::F32, shape));
      return graph.concatenate(inputs, axis);
    });
  };
  add("one", 1, 1, {{kBatch, 3, 5, 4}});
  add("channels", 3, 1, {{kBatch, 3, 5, 7}, {kBatch, 4, 5, 7}});
  add("many", 1, 1, {{kBatch, 1, 3, 3}, {kBatch, 16, 3, 3}, {kBatch, 5, 3, 3}, {kBatch, 2, 3, 3}});
  add("channels_of_volumes", 3, 1, {{kBatch, 2, 3, 4, 5}, {kBatch, 1, 3, 4, 5}});
  add("width", 3, 3, {{kBatch, 2, 3, 4}, {kBatch, 2, 3, 1}});
  add("rows", 3, 1, {{kBatch, 5}, {kBatch, 2}});
  cases.add("one_value_twice", batch(3), [](GraphBuilder& graph) {
    const ValueId x = image(graph, 3, {4, 5});
    return graph.concatenate({x, x}, 1);
  });
  cases.add("parameter", batch(1), [](GraphBuilder& graph) {
    return graph.concatenate({graph.input("x", DType::F32, {1, 2, 3, 4}), graph.parameter("p", {1, 3, 3, 4})},
                             1);
  });
  return cases.take();
}

std::vector<Case> upsample_cases() {
  struct Scaling {
    std::int64_t batch, channels;
    PerDimension size, scale;
  };
  const std::vector<Scaling> scalings{
      {3, 4, {5, 7}, {2, 2}},  {1, 1, {3, 4}, {3, 1}},       {1, 2, {1, 5}, {4, 3}},
      {1, 3, {6, 5}, {1, 1}},  {3, 2, {3, 4, 5}, {2, 2, 2}}, {1, 1, {2, 3, 4}, {1, 3, 2}},
      {1, 17, {8, 8}, {2, 2}},
  };
  CaseBuilder cases;
  for (const Interpolation kind : {Interpolation::Nearest, Interpolation::Linear}) {
    for (const Scaling& item : scalings) {
      cases.add(
          fmt::format("{}_{}_by_{}", to_string(kind), fmt::join(item.size, "x"), fmt::join(item.scale, "x")),
          batch(item.batch), [&](GraphBuilder& graph) {
            return graph.upsample(image(graph, item.channels, item.size), kind, item.scale);
          });
    }
  }
  return cases.take();
}

std::vector<Case> pad_cases() {
  CaseBuilder cases;
  const auto add = [&](const std::string& name, std::int64_t images, const ir::Shape& shape,
                       const PerDimension& begin, const PerDimension& end, double value) {
    cases.add(name, batch(images), [&](GraphBuilder& graph) {
      return graph.pad(graph.input("x", DType::F32, shape), begin, end, value);
    });
  };
  add("nothing", 1, {kBatch, 2, 3, 4}, {0, 0, 0, 0}, {0, 0, 0, 0}, 1);
  add("both_sides", 3, {kBatch, 2, 5, 7}, {0, 0, 1, 1}, {0, 0, 1, 1}, 0);
  add("one_side", 3, {kBatch, 3, 5, 4}, {0, 0, 2, 0}, {0, 0, 0, 3}, -1.5);
  add("channels", 1, {kBatch, 1, 4, 4}, {0, 1, 0, 0}, {0, 2, 0, 0}, 0.1);
  add("volume", 3, {kBatch, 2, 3, 4, 5}, {0, 0, 1, 0, 2}, {0, 0, 0, 3, 1}, 1000);
  add("row", 3, {kBatch, 5}, {0, 1}, {0, 2}, 0);
  return cases.take();
}

}  // namespace medbench::conformance
