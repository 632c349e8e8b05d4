// A small network on images, and its run by the torch backend with options, beside the interpreter.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>

#include "backend/pass.hpp"
#include "backend/torch/torch_backend.hpp"
#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::testing {

inline const Axes kTwoImages{{Axis::Batch, 2}};

inline ir::Graph small_image_network() {
  using ir::GraphBuilder;
  using ir::ValueId;
  GraphBuilder graph("network");
  const auto parameter = [&](const std::string& name, ir::Shape shape) {
    return graph.parameter(name, std::move(shape));
  };
  const auto norm = [&](ValueId x, const std::string& name) {
    return graph.batch_norm(x, parameter(name + ".weight", {8}), parameter(name + ".bias", {8}),
                            parameter(name + ".running_mean", {8}), parameter(name + ".running_var", {8}),
                            1e-5);
  };
  const auto convolution = [&](ValueId x, const std::string& name, std::int64_t in) {
    return graph.convolution(x, parameter(name, {8, in, 3, 3}), std::nullopt, {.padding = {1, 1}});
  };
  const ValueId x = graph.input("x", DType::F32, {ir::kBatch, 3, 12, 10});
  const ValueId first = graph.silu(norm(convolution(x, "a", 3), "na"));
  const ValueId pooled = graph.pool(first, {.kind = ir::Pooling::Max, .kernel = {2, 2}});
  const ValueId sum = graph.add(norm(convolution(pooled, "b", 8), "nb"), pooled);
  const ValueId flat =
      graph.flatten(graph.adaptive_average_pool(graph.activate(sum, ir::Activation::Relu), {2, 2}));
  graph.output("y", graph.linear(flat, parameter("w", {3, 32}), parameter("bias", {3})));
  return graph.build();
}

class TorchImageOptions : public ::testing::Test {
 protected:
  EngineReport run(const std::map<std::string, std::string>& options) {
    Target target;
    target.options = options;
    backend->build(graph, parameters, Build{target, kTwoImages, 1});
    NamedTensors inputs;
    inputs["x"] = random_floats({2, 3, 12, 10}, 3);
    const NamedTensors expected = ir::Interpreter(graph, parameters, kTwoImages).run(inputs);
    expect_close(run_pass(*backend, 0, kTwoImages, inputs), expected, {1e-5, 1e-5});
    return report_of(*backend);
  }

  ir::Graph graph = small_image_network();
  MemoryParameters parameters{random_parameters(graph, 5)};
  std::unique_ptr<Backend> backend = make_torch_backend();
};

}  // namespace medbench::testing
