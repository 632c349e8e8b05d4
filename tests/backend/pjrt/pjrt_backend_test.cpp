// The backend on the CPU plug-in that comes with medbench, beyond the cases of the conformance suite.
#include "backend/pjrt/pjrt_backend.hpp"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "backend/pass.hpp"
#include "backend/pjrt/client.hpp"
#include "backend/pjrt/plugin_choice.hpp"
#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;

constexpr testing::Bound kBound{3e-5, 1e-5};

Target cpu_target() {
  Target target;
  target.backend = "pjrt";
  return target;
}

TEST(PjrtBackend, TheCpuPluginIsACpuAndNeverATpu) {
  const testing::ScopedEnvironment variable(pjrt::kPluginVariable, std::nullopt);
  const Capabilities capabilities = make_pjrt_backend()->describe();
  EXPECT_EQ(capabilities.backend, "pjrt");
  ASSERT_EQ(capabilities.devices.size(), 1U) << capabilities.reason;
  EXPECT_EQ(capabilities.devices[0].id, "cpu");
  EXPECT_THAT(capabilities.devices[0].precisions, ::testing::Contains("fp32"));
}

TEST(PjrtBackend, WithoutATpuTheReasonComesAtOnce) {
  if (!pjrt::tpu_device_files("/dev").empty()) GTEST_SKIP() << "this machine has a TPU";
  const auto begin = std::chrono::steady_clock::now();
  const Capabilities capabilities = make_pjrt_backend("tpu")->describe();
  EXPECT_EQ(capabilities.backend, "tpu");
  EXPECT_TRUE(capabilities.devices.empty());
  EXPECT_THAT(capabilities.reason, HasSubstr("no TPU is attached"));
  Target target = cpu_target();
  target.backend = "tpu";
  target.device = "tpu";
  // Environment while a model is loaded is what becomes load_error.
  testing::expect_error(ErrorKind::Environment, "no TPU is attached",
                        [&] { (void)make_pjrt_backend("tpu")->supports(target); });
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{5});
}

TEST(PjrtBackend, RefusesWhatThePluginDoesNotServe) {
  const auto backend = make_pjrt_backend();
  Target target = cpu_target();
  EXPECT_EQ(backend->supports(target), std::nullopt);
  for (const auto& [device, part] : std::map<std::string, std::string>{{"cuda", "serves cpu, not cuda"},
                                                                       {"tpu", "serves cpu"},
                                                                       {"cpu:1", "no cpu:1"},
                                                                       {"cpu:x", "no device"},
                                                                       {"cpu:-1", "no device"}}) {
    target.device = device;
    EXPECT_THAT(backend->supports(target).value_or(""), HasSubstr(part));
  }
  target = cpu_target();
  target.precision = "fp8";
  EXPECT_THAT(backend->supports(target).value_or(""), HasSubstr("not fp8"));
}

TEST(PjrtBackend, RunsShorterSequencesThanWerePrepared) {
  const testing::TinyBert bert = testing::tiny_berts().front();
  testing::MemoryParameters parameters{testing::random_parameters(bert.graph(), 1)};
  const auto backend = make_pjrt_backend();
  backend->build(bert.graph(), parameters, Build{cpu_target(), testing::batch_seq(2, 9), 1});
  std::size_t slot = 0;
  for (const std::int64_t seq : {9, 4, 9}) {
    testing::TinyBert shorter = bert;
    shorter.axes = testing::batch_seq(2, seq);
    const NamedTensors inputs = shorter.inputs(static_cast<std::uint64_t>(seq));
    testing::expect_close(run_pass(*backend, slot++, shorter.axes, inputs),
                          ir::interpret(bert.graph(), parameters, shorter.axes, inputs), kBound);
  }
  EXPECT_EQ(report_of(*backend).details["programs"], 2);
}

TEST(PjrtBackend, CanBePreparedAgainForAnotherNumberOfThreads) {
  const testing::TinyBert bert = testing::tiny_berts().front();
  testing::MemoryParameters parameters{testing::random_parameters(bert.graph(), 1)};
  const NamedTensors inputs = bert.inputs(1);
  const auto backend = make_pjrt_backend();
  for (const std::int64_t threads : {1, 2}) {
    backend->build(bert.graph(), parameters, Build{cpu_target(), bert.axes, threads});
    testing::expect_close(run_pass(*backend, 0, bert.axes, inputs),
                          ir::interpret(bert.graph(), parameters, bert.axes, inputs), kBound);
    EXPECT_EQ(report_of(*backend).details["threads"], threads);
  }
}

TEST(PjrtBackend, RoundsLinearLayersThatTheGraphRounds) {
  for (const auto input : {ir::ActivationQuantization::Dynamic, ir::ActivationQuantization::Static,
                           ir::ActivationQuantization::None}) {
    ir::GraphBuilder builder("rounded");
    ir::QuantizedLinear op;
    op.input = input;
    op.input_min = -1;
    op.input_max = 1.5;
    builder.output("y", builder.quantized_linear(builder.input("x", DType::F32, {ir::kBatch, 16}),
                                                 builder.parameter("weight", {8, 16}),
                                                 builder.parameter("bias", {8}), op));
    const ir::Graph graph = builder.build();
    testing::MemoryParameters parameters{testing::random_parameters(graph, 1)};
    NamedTensors inputs;
    inputs["x"] = testing::random_floats({5, 16}, 2);
    const auto backend = make_pjrt_backend();
    backend->build(graph, parameters, Build{cpu_target(), testing::batch_seq(5, 1), 1});
    testing::expect_close(run_pass(*backend, 0, testing::batch_seq(5, 1), inputs),
                          ir::interpret(graph, parameters, testing::batch_seq(5, 1), inputs), kBound);
  }
}

TEST(PjrtBackend, NamesPlatformsAsDevices) {
  EXPECT_EQ(pjrt::device_name_of("cpu"), "cpu");
  EXPECT_EQ(pjrt::device_name_of("CUDA"), "cuda");
  EXPECT_EQ(pjrt::device_name_of("gpu"), "cuda");
  EXPECT_EQ(pjrt::device_name_of("TPU"), "tpu");
}

}  // namespace
}  // namespace medbench
