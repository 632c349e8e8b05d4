#include <gtest/gtest.h>

#include "backend/calibration.hpp"
#include "backend/pass.hpp"
#include "backend/torch/torch_backend.hpp"
#include "base/error.hpp"
#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "tests/conformance/cases.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/conformance/families.hpp"
#include "tests/conformance/regions.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::conformance {
namespace {

class Torch : public ::testing::TestWithParam<Suite> {};

TEST_P(Torch, IsCloseToTheOracle) {
  run_suite(make_torch_backend, GetParam(), {.backend = "torch"});
}

class TorchCuda : public ::testing::TestWithParam<Suite> {};

// Skips with the reason where there is no CUDA device.
TEST_P(TorchCuda, IsCloseToTheOracle) {
  run_suite(make_torch_backend, GetParam(), {.backend = "torch", .device = "cuda"});
}

class TorchAlone : public ::testing::TestWithParam<Suite> {};

TEST_P(TorchAlone, IsCloseToTheOracle) {
  run_suite(make_torch_backend, GetParam(), {.backend = "torch", .options = {{"torch.own_kernels", "off"}}});
}

TEST(TorchBackend, HasOwnKernelsAsAnOption) {
  expect_own_kernels_to_be_an_option(*make_torch_backend(), "torch.own_kernels", "libtorch");
}

// What an earlier preparation left must not be seen.
TEST(TorchBackend, CanBePreparedAgain) {
  const auto relu = [](ir::Shape shape) {
    ir::GraphBuilder graph("relu");
    graph.output("y", graph.activate(graph.input("x", DType::F32, std::move(shape)), ir::Activation::Relu));
    return graph.build();
  };
  testing::MemoryParameters none;
  const auto backend = make_torch_backend();
  for (const std::int64_t width : {2, 3}) {
    backend->build(relu({ir::kBatch, width}), none, Build{Target{}, testing::batch_seq(1, 1), 1});
    NamedTensors inputs;
    inputs["x"] = testing::random_floats({1, width}, 1);
    const NamedTensors outputs = run_pass(*backend, 0, testing::batch_seq(1, 1), inputs);
    EXPECT_EQ(outputs.at("y").shape(), inputs["x"].shape());
  }
}

TEST(TorchBackend, RunsEveryOpenAxis) {
  expect_open_axes(*make_torch_backend());
}

TEST(TorchBackend, RunsTextsWithoutPadding) {
  const auto expect = [](const Target& target, const testing::Bound& bound) {
    SCOPED_TRACE(target.precision);
    expect_packed_texts(*make_torch_backend(), target, bound);
  };
  Target target;
  expect(target, {3e-5, 1e-5});
  target.precision = "bf16";
  expect(target, {0.2, 4 * kBf16Unit});
  target.precision = kInt8;
  for (const auto method : {QuantizationMethod::Dynamic, QuantizationMethod::WeightOnly}) {
    target.quantization = Quantization{};
    target.quantization->method = method;
    expect(target, kInt8Encoder);
  }
}

class TorchCudaTexts : public ::testing::TestWithParam<std::pair<const char*, testing::Bound>> {};

TEST_P(TorchCudaTexts, RunWithoutPadding) {
  const auto& [precision, bound] = GetParam();
  for (const char* graphs : {"on", "off"}) {
    Target target;
    target.device = "cuda";
    target.precision = precision;
    target.options = {{"torch.cuda_graphs", graphs}};
    expect_packed_texts(*make_torch_backend(), target, bound);
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, TorchCudaTexts,
                         ::testing::Values(std::pair("fp32", testing::Bound{3e-5, 1e-5}),
                                           std::pair("fp16", testing::Bound{0.03, 4 * kFp16Unit}),
                                           std::pair("bf16", testing::Bound{0.2, 4 * kBf16Unit})),
                         [](const auto& test) { return test.param.first; });

// The batch is in no shape of an input, and so in none that a run could read it from.
TEST(TorchBackend, RefusesAnOpenAxisThatNoInputShows) {
  ir::GraphBuilder graph("rows");
  graph.output("x", graph.silu(graph.input("x", DType::F32, {ir::kSeq, 2})));
  graph.output("y", graph.slice(graph.parameter("table", {4, 2}), 0, 0, ir::kBatch, "rows"));
  testing::MemoryParameters parameters;
  parameters.set("table", testing::random_floats({4, 2}, 1));
  testing::expect_error(ErrorKind::Internal, "'rows' needs the batch size, which no input shows", [&] {
    make_torch_backend()->build(graph.build(), parameters,
                                Build{Target{}, {testing::batch_seq(1, 3), testing::batch_seq(2, 3)}, 1});
  });
}

TEST(TorchBackend, RefusesALengthThatTheGraphCannotRun) {
  ir::GraphBuilder graph("positions");
  graph.output("y", graph.slice(graph.parameter("table", {4, 2}), 0, 0, ir::kSeq));
  testing::MemoryParameters parameters;
  parameters.set("table", testing::random_floats({4, 2}, 1));
  const auto backend = make_torch_backend();
  EXPECT_THROW(backend->build(graph.build(), parameters, Build{Target{}, testing::batch_seq(1, 5), 1}),
               Error);
}

// Ranges that calibration reads off fp32 passes serve the same inputs in integers.
TEST(TorchBackend, RunsStaticIntegersAfterCalibration) {
  const Case item = cases_of("Encoder").front();
  testing::MemoryParameters parameters{testing::random_parameters(item.graph, 100)};
  Target target;
  target.precision = kInt8;
  target.quantization = Quantization{};
  target.quantization->method = QuantizationMethod::Static;
  const auto backend = make_torch_backend();
  ASSERT_EQ(backend->supports(target), std::nullopt);
  std::vector<Batch> batches(1);
  batches[0].tensors = item.inputs(1);
  batches[0].axes = item.axes;
  const ir::Ranges ranges = calibrate(*backend, item.graph, parameters, {target, item.axes, 1}, batches);
  EXPECT_FALSE(ranges.empty());
  backend->build(item.graph, parameters, {target, item.axes, 1, ranges});
  const NamedTensors& inputs = batches[0].tensors;
  const ir::Interpreter oracle(item.graph, parameters, item.axes);
  testing::expect_close(run_pass(*backend, 0, item.axes, inputs), oracle.run(inputs), kInt8Encoder);
  EXPECT_EQ(report_of(*backend).effective_precision, "int8");
}

TEST(TorchIntegers, AreThoseOfConvolutionsToo) {
  expect_integer_convolutions(*make_torch_backend());
}

TEST(TorchRegions, AllocateWithinTheirLimits) {
  expect_steady_regions(*make_torch_backend(), "torch");
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, Torch, ::testing::ValuesIn(all_suites({"fp32", "bf16", "int8"})),
                         [](const auto& suite) { return name_of(suite.param); });
INSTANTIATE_TEST_SUITE_P(Encoders, TorchAlone,
                         ::testing::Values(Suite{"Encoder", "fp32"}, Suite{"Encoder", "int8"}),
                         [](const auto& suite) { return name_of(suite.param); });
INSTANTIATE_TEST_SUITE_P(AllFamilies, TorchCuda, ::testing::ValuesIn(all_suites({"fp32", "fp16", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
