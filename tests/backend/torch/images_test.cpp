// What the options that concern images do, and what the report says of it.
#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "tests/backend/torch/image_options.hpp"

namespace medbench {
namespace {

using ir::GraphBuilder;
using ir::ValueId;
using testing::TorchImageOptions;

const Axes kTwo = testing::kTwoImages;

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
