// What the options that concern images do, and what the report says of it.
#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "backend/pass.hpp"
#include "backend/torch/torch_backend.hpp"
#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/parameters.hpp"

namespace medbench {
namespace {

using ir::GraphBuilder;
using ir::ValueId;

const Axes kTwo{{Axis::Batch, 2}};

ir::Graph network() {
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
    backend->build(graph, parameters, Build{target, kTwo, 1});
    NamedTensors inputs;
    inputs["x"] = testing::random_floats({2, 3, 12, 10}, 3);
    const NamedTensors expected = ir::Interpreter(graph, parameters, kTwo).run(inputs);
    testing::expect_close(run_pass(*backend, 0, kTwo, inputs), expected, {1e-5, 1e-5});
    return report_of(*backend);
  }

  ir::Graph graph = network();
  testing::MemoryParameters parameters{testing::random_parameters(graph, 5)};
  std::unique_ptr<Backend> backend = make_torch_backend();
};

TEST_F(TorchImageOptions, AreThoseOfEagerPyTorchByDefault) {
  const EngineReport report = run({});
  EXPECT_EQ(report.runtime.name, "libtorch");
  EXPECT_EQ(report.details["kernels"], (Json{{"activation", 2},
                                             {"at::adaptive_avg_pool2d", 1},
                                             {"at::add", 1},
                                             {"at::batch_norm", 2},
                                             {"at::convolution", 2},
                                             {"at::linear", 1},
                                             {"at::max_pool2d", 1}}));
  EXPECT_FALSE(report.details.contains("compiled"));
  EXPECT_EQ(report.details["channels_last"], false);
}

TEST_F(TorchImageOptions, CompileFuses) {
  const EngineReport report = run({{"torch.compile", "on"}, {"torch.channels_last", "on"}});
  ASSERT_EQ(report.details["compiled"], true) << report.details.dump();
  EXPECT_EQ(report.runtime.name, "libtorch+medbench");
  EXPECT_EQ(report.details["kernels"], (Json{{"at::adaptive_avg_pool2d", 1},
                                             {"medbench::max_pool", 1},
                                             {"mkldnn::_convolution_pointwise", 1},
                                             {"mkldnn::_convolution_pointwise.binary", 1},
                                             {"mkldnn::_linear_pointwise", 1}}));
  EXPECT_EQ(report.details["compiler"], "onednn");
  EXPECT_EQ(report.details["channels_last"], true);
  EXPECT_EQ(report.effective_precision, "fp32");
}

TEST_F(TorchImageOptions, CompileWithoutOwnKernelsIsLibtorchAlone) {
  const EngineReport report = run({{"torch.compile", "on"}, {"torch.own_kernels", "off"}});
  EXPECT_EQ(report.runtime.name, "libtorch");
  EXPECT_EQ(report.details["kernels"]["at::max_pool2d"], 1);
}

TEST_F(TorchImageOptions, WhatCannotBeCompiledIsEager) {
  at::globalContext().setUserEnabledMkldnn(false);
  const EngineReport report = run({{"torch.compile", "on"}});
  at::globalContext().setUserEnabledMkldnn(true);
  EXPECT_EQ(report.details["compiled"], false);
  EXPECT_NE(report.details["compile_error"].get<std::string>().find("no oneDNN"), std::string::npos);
  EXPECT_FALSE(report.details.contains("compiler"));
  EXPECT_EQ(report.details["kernels"]["at::batch_norm"], 2);
  // Another preparation starts anew.
  EXPECT_EQ(run({{"torch.compile", "on"}}).details["compiled"], true);
}

}  // namespace
}  // namespace medbench
