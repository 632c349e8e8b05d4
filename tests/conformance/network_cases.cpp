// Small convolutional networks, and the blocks that large ones are made of.
#include <optional>
#include <string>
#include <vector>

#include "tests/conformance/case_builder.hpp"

namespace medbench::conformance {
namespace {

using ir::Activation;
using ir::GraphBuilder;
using ir::kBatch;
using ir::PerDimension;
using ir::ValueId;

// Convolutions that keep the size, and what stands behind them.
class Network {
 public:
  explicit Network(GraphBuilder& graph) : graph_(graph) {}

  ValueId convolution(ValueId x, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1,
                      std::int64_t groups = 1) {
    const std::size_t spatial = graph_.shape(x).size() - 2;
    ir::Shape shape{out, graph_.shape(x)[1].factor / groups};
    shape.insert(shape.end(), spatial, kernel);
    const std::string name = next("convolution");
    const ValueId weight = graph_.parameter(name + ".kernel", shape);
    const ValueId bias = graph_.parameter(name + ".bias", {out});
    return graph_.convolution(
        x, weight, bias, {PerDimension(spatial, stride), PerDimension(spatial, kernel / 2), {}, groups, true},
        name);
  }
  ValueId batch_norm(ValueId x) {
    const std::string name = next("norm");
    const auto vector = [&](const char* part) { return graph_.parameter(name + part, {graph_.shape(x)[1]}); };
    return graph_.batch_norm(x, vector(".weight"), vector(".bias"), vector(".running_mean"),
                             vector(".running_var"), 1e-5, name);
  }
  ValueId instance_norm(ValueId x) {
    const std::string name = next("norm");
    const ValueId weight = graph_.parameter(name + ".weight", {graph_.shape(x)[1]});
    return graph_.instance_norm(x, weight, graph_.parameter(name + ".bias", {graph_.shape(x)[1]}), 1e-5,
                                name);
  }
  ValueId twice_as_large(ValueId x, std::int64_t out) {
    const std::size_t spatial = graph_.shape(x).size() - 2;
    ir::Shape shape{graph_.shape(x)[1], out};
    shape.insert(shape.end(), spatial, 2);
    const std::string name = next("up");
    return graph_.transposed_convolution(x, graph_.parameter(name + ".kernel", shape), std::nullopt,
                                         {.stride = PerDimension(spatial, 2)}, name);
  }
  ValueId classify(ValueId x, std::int64_t classes) {
    const ValueId flat = graph_.flatten(x);
    return graph_.linear(flat, graph_.parameter("head.weight", {classes, graph_.shape(flat)[1]}),
                         graph_.parameter("head.bias", {classes}), "head");
  }

 private:
  std::string next(const char* kind) { return kind + std::to_string(count_++); }

  GraphBuilder& graph_;
  int count_ = 0;
};

// Convolution, normalisation and SiLU, halved, pooled to a fixed size and classified.
ValueId classifier(GraphBuilder& graph, const PerDimension& sizes, const PerDimension& pooled) {
  Network net(graph);
  ir::Shape shape{kBatch, 1};
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  ValueId x = graph.input("x", DType::F32, shape);
  for (const std::int64_t channels : {4, 8}) {
    x = graph.silu(net.batch_norm(net.convolution(x, channels, 3)));
    x = graph.pool(x, {.kernel = PerDimension(sizes.size(), 2)});
  }
  return net.classify(graph.adaptive_average_pool(x, pooled), 3);
}

ValueId residual(GraphBuilder& graph) {
  Network net(graph);
  const ValueId x = graph.input("x", DType::F32, {kBatch, 3, 15, 13});
  ValueId stem = graph.activate(net.batch_norm(net.convolution(x, 8, 7, 2)), Activation::Relu);
  stem = graph.pool(stem, {.kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}});
  const ValueId first = graph.activate(net.batch_norm(net.convolution(stem, 8, 3, 2)), Activation::Relu);
  const ValueId body = net.batch_norm(net.convolution(first, 16, 3));
  const ValueId shortcut = net.batch_norm(net.convolution(stem, 16, 1, 2));
  const ValueId sum = graph.activate(graph.add(body, shortcut), Activation::Relu);
  return net.classify(graph.global_average_pool(sum), 5);
}

struct Widths {
  std::int64_t first;
  std::int64_t second;
  std::int64_t third;
};

// Normalisation before the convolution, and everything that there was before it kept.
ValueId dense(GraphBuilder& graph, const Widths& channels) {
  Network net(graph);
  std::vector<ValueId> features{graph.input("x", DType::F32, {kBatch, channels.first, 9, 8})};
  for (int layer = 0; layer < 2; ++layer) {
    const ValueId all = graph.concatenate(features, 1);
    const ValueId narrow =
        net.convolution(graph.activate(net.batch_norm(all), Activation::Relu), channels.second, 1);
    features.push_back(
        net.convolution(graph.activate(net.batch_norm(narrow), Activation::Relu), channels.third, 3));
  }
  const ValueId last = graph.activate(net.batch_norm(graph.concatenate(features, 1)), Activation::Relu);
  return graph.pool(net.convolution(last, 5, 1), {.kind = ir::Pooling::Average, .kernel = {2, 2}});
}

// Down and up again by one step, with the finer features beside the coarser ones.
ValueId segmentation(GraphBuilder& graph, const PerDimension& sizes, bool by_interpolation,
                     std::int64_t channels = 4) {
  Network net(graph);
  ir::Shape shape{kBatch, 2};
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  const auto block = [&](ValueId x, std::int64_t out, std::int64_t stride) {
    return graph.leaky_relu(net.instance_norm(net.convolution(x, out, 3, stride)), 0.01);
  };
  const ValueId fine = block(graph.input("x", DType::F32, shape), channels, 1);
  const ValueId coarse = block(fine, 2 * channels, 2);
  ValueId up = by_interpolation
                   ? graph.upsample(coarse, ir::Interpolation::Linear, PerDimension(sizes.size(), 2))
                   : net.twice_as_large(coarse, channels);
  up = block(graph.concatenate({up, fine}, 1), channels, 1);
  return net.convolution(up, 3, 1);
}

ValueId separable(GraphBuilder& graph) {
  Network net(graph);
  ValueId x = graph.input("x", DType::F32, {kBatch, 6, 7, 7});
  x = graph.pad(x, {0, 0, 0, 1}, {0, 0, 1, 0});
  x = graph.silu(net.batch_norm(net.convolution(x, 6, 3, 1, 6)));
  const ValueId gate =
      graph.activate(net.convolution(graph.global_average_pool(x), 6, 1), Activation::Sigmoid);
  return net.convolution(graph.add(x, gate), 4, 1);
}

constexpr Axes batch(std::int64_t images) {
  return {{Axis::Batch, images}};
}

}  // namespace

std::vector<Case> convolutional_network_cases() {
  CaseBuilder cases;
  cases.add("classifier", batch(3), [](GraphBuilder& graph) { return classifier(graph, {17, 14}, {3, 2}); });
  cases.add("classifier_of_one_volume", batch(1), [](GraphBuilder& graph) {
    return classifier(graph, {9, 8, 11}, {2, 1, 2});
  });
  cases.add("residual", batch(3), residual);
  cases.add("dense", batch(1), [](GraphBuilder& graph) { return dense(graph, {4, 6, 3}); });
  // With numbers of channels that kernels like.
  cases.add("dense_in_eights", batch(2), [](GraphBuilder& graph) { return dense(graph, {16, 24, 8}); });
  cases.add("segmentation", batch(3), [](GraphBuilder& graph) { return segmentation(graph, {8, 10}, true); });
  cases.add("segmentation_of_one_volume", batch(1), [](GraphBuilder& graph) {
    return segmentation(graph, {6, 8, 4}, false);
  });
  cases.add("segmentation_in_eights", batch(2), [](GraphBuilder& graph) {
    return segmentation(graph, {38, 36}, false, 16);
  });
  cases.add("separable", batch(3), separable);
  return cases.take();
}

}  // namespace medbench::conformance
