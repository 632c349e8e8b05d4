// What the OpenVINO backend answers besides numbers, and what it must have fused.
#include "backend/openvino/openvino_backend.hpp"

#include <gtest/gtest.h>
#include <optional>

#include "backend/openvino/device_names.hpp"
#include "backend/pass.hpp"
#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "job/device_id.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;

Target target_with(std::map<std::string, std::string> options) {
  Target target;
  target.backend = "openvino";
  target.options = std::move(options);
  return target;
}

// A small encoder with everything that is fused, and its weights.
struct Encoder {
  testing::TinyBert bert{"encoder", testing::tiny_config(16, 2, 4, ir::Activation::GeluErf), true,
                         testing::batch_seq(2, 7), testing::Mask::Padded};
  ir::Graph graph = bert.graph();
  testing::MemoryParameters parameters{testing::random_parameters(graph, 7)};

  [[nodiscard]] std::unique_ptr<Backend> prepared(const Target& target, std::int64_t threads = 1) {
    return prepared(target, bert.axes, threads);
  }
  [[nodiscard]] std::unique_ptr<Backend> prepared(const Target& target, const ShapeRange& shapes,
                                                  std::int64_t threads) {
    auto backend = make_openvino_backend();
    backend->build(graph, parameters, Build{target, shapes, threads});
    return backend;
  }
  [[nodiscard]] NamedTensors inputs(const Axes& axes, std::uint64_t seed) const {
    return bert.inputs(axes, seed);
  }
  [[nodiscard]] NamedTensors inputs(std::int64_t seq, std::uint64_t seed) const {
    return inputs(bert.axes.with(Axis::Seq, seq), seed);
  }
  void fill(Backend& backend, std::size_t slot, std::int64_t seq, std::uint64_t seed) const {
    backend.bind(slot, bert.axes.with(Axis::Seq, seq));
    backend.write(slot, inputs(seq, seed));
  }
  void expect_right(Backend& backend, std::size_t slot, std::int64_t seq, std::uint64_t seed) {
    const ir::Interpreter oracle(graph, parameters, bert.axes.with(Axis::Seq, seq));
    testing::expect_close(run_pass(backend, slot), oracle.run(inputs(seq, seed)), {3e-5, 1e-5});
  }
};

TEST(OpenVinoBackend, DescribesTheProcessor) {
  const Capabilities capabilities = make_openvino_backend()->describe();
  EXPECT_EQ(capabilities.backend, "openvino");
  EXPECT_EQ(capabilities.reason, "");
  EXPECT_THAT(capabilities.runtime.version, HasSubstr("2026"));
  EXPECT_THAT(capabilities.runtime.library, HasSubstr("libopenvino.so"));
  ASSERT_FALSE(capabilities.devices.empty());
  const DeviceInfo& cpu = capabilities.devices.front();
  EXPECT_EQ(cpu.id, "cpu");
  EXPECT_NE(cpu.name, "");
  EXPECT_THAT(cpu.precisions, ::testing::Contains("fp32"));
}

TEST(OpenVinoBackend, RefusesBadOptions) {
  const auto backend = make_openvino_backend();
  const auto refuse = [&](ErrorKind kind, const std::string& part,
                          std::map<std::string, std::string> options) {
    testing::expect_error(kind, part, [&] { (void)backend->supports(target_with(std::move(options))); });
  };
  refuse(ErrorKind::Usage, "use latency or throughput", {{"ov.hint", "fastest"}});
  refuse(ErrorKind::Usage, "use infer or start_async", {{"ov.call", "later"}});
  refuse(ErrorKind::Usage, "only AUTO and HETERO take a list", {{"ov.device", "CPU:GPU"}});
  refuse(ErrorKind::Environment, "no device GPU.77 on this machine, only: CPU", {{"ov.device", "gpu.77"}});
  refuse(ErrorKind::Environment, "no device TOASTER", {{"ov.device", "AUTO:CPU,TOASTER"}});
  refuse(ErrorKind::Environment, "no device  on this machine", {{"ov.device", "AUTO:"}});
  refuse(ErrorKind::Environment, "no device \\nA", {{"ov.device", "\na"}});
}

TEST(OpenVinoBackend, RefusesWhatTheDeviceCannotCompute) {
  const auto backend = make_openvino_backend();
  Target target = target_with({});
  EXPECT_EQ(backend->supports(target), std::nullopt);
  target.precision = "fp8";
  const Refusal refusal = backend->supports(target);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_THAT(*refusal, ::testing::StartsWith("OpenVINO on CPU runs fp32"));
  EXPECT_THAT(*refusal, HasSubstr("not fp8"));
  target.precision = "fp32";
  target.device = "cuda";
  testing::expect_error(ErrorKind::Environment, "no device CUDA", [&] { (void)backend->supports(target); });
}

TEST(OpenVinoBackend, FusesWhatCanBeFused) {
  Encoder encoder;
  const auto backend = encoder.prepared(target_with({}));
  encoder.fill(*backend, 0, 7, 1);
  encoder.expect_right(*backend, 0, 7, 1);
  const Json details = report_of(*backend).details;
  const Json& layers = details.at("layers");
  const Json& fused = details.at("fused");
  SCOPED_TRACE(details.dump(1));
  // Six linear layers in each of the two, and the pooler.
  EXPECT_EQ(layers.at("FullyConnected"), 13);
  int gelu = 0;
  int tanh = 0;
  int attention = 0;
  for (const auto& [name, count] : fused.items()) {
    if (name.starts_with("FullyConnected") && name.ends_with("Gelu")) gelu += count.get<int>();
    if (name.starts_with("FullyConnected") && name.ends_with("Tanh")) tanh += count.get<int>();
    if (name.starts_with("Subgraph") && name.find("Softmax") != std::string::npos)
      attention += count.get<int>();
  }
  EXPECT_EQ(gelu, 2);
  EXPECT_EQ(tanh, 1);
  EXPECT_EQ(attention, 2);
  // Whole attentions and normalisations: nothing of them is left apart.
  EXPECT_EQ(layers.at("MVN"), 5);
  for (const char* apart : {"Softmax", "MatMul", "ScaledDotProductAttention"}) {
    EXPECT_FALSE(layers.contains(apart)) << apart;
  }
  EXPECT_LE(layers.value("Math", 0), 1);  // the mask, once for all layers
  EXPECT_EQ(details.at("matrix_products"), (Json{{"fp32", 15}}));
  EXPECT_EQ(report_of(*backend).effective_precision, "fp32");
}

TEST(OpenVinoBackend, SpellsDevicesAtItsEdge) {
  using openvino_backend::device_name;
  using openvino_backend::openvino_name;
  EXPECT_EQ(openvino_name("gpu:1"), "GPU.1");
  EXPECT_EQ(openvino_name("cpu"), "CPU");
  for (const char* device : {"cpu", "gpu", "gpu:0", "npu"}) {
    EXPECT_EQ(device_name(openvino_name(device)), device);
    EXPECT_TRUE(parse_device_id(device)) << "can be asked for";
  }
}

TEST(OpenVinoBackend, RunsInputsShorterThanPrepared) {
  Encoder encoder;
  const auto backend =
      encoder.prepared(target_with({}), {testing::batch_seq(2, 4), testing::batch_seq(2, 7)}, 1);
  encoder.fill(*backend, 0, 7, 1);
  encoder.fill(*backend, 1, 4, 2);
  encoder.expect_right(*backend, 0, 7, 1);
  encoder.expect_right(*backend, 1, 4, 2);
  encoder.expect_right(*backend, 0, 7, 1);
  EXPECT_EQ(report_of(*backend).details.at("open_axes"), Json({"seq"}));
}

TEST(OpenVinoBackend, RunsEveryOpenAxis) {
  conformance::expect_open_axes(*make_openvino_backend());
}

TEST(OpenVinoBackend, RunsEveryBatchOfImages) {
  conformance::expect_open_batches_of_images(*make_openvino_backend());
}

TEST(OpenVinoBackend, BoundsTheOpenAxesAlone) {
  Encoder encoder;
  const auto backend =
      encoder.prepared(target_with({}), {testing::batch_seq(2, 7), testing::batch_seq(4, 7)}, 1);
  EXPECT_EQ(report_of(*backend).details.at("open_axes"), Json({"batch"}));
  for (const Axes& other : {testing::batch_seq(1, 7), testing::batch_seq(5, 7), testing::batch_seq(3, 6)}) {
    testing::expect_error(ErrorKind::Runtime, "making room for inputs", [&] { backend->bind(0, other); });
  }
  EXPECT_NO_THROW(backend->bind(0, testing::batch_seq(3, 7)));
}

TEST(OpenVinoBackend, RefusesAnOpenAxisThatNoInputShows) {
  Encoder encoder;
  ir::GraphBuilder graph("rows");
  graph.output("x", graph.silu(graph.input("x", DType::F32, {ir::kSeq, 2})));
  graph.output("y", graph.slice(graph.parameter("table", {4, 2}), 0, 0, ir::kBatch));
  encoder.graph = graph.build();
  testing::expect_error(ErrorKind::Internal, "'batch' has no number", [&] {
    (void)encoder.prepared(target_with({}), {testing::batch_seq(1, 3), testing::batch_seq(2, 3)}, 1);
  });
}

TEST(OpenVinoBackend, RefusesAnotherShapeThanPrepared) {
  Encoder encoder;
  const auto backend = encoder.prepared(target_with({}));
  testing::expect_error(ErrorKind::Runtime, "making room for inputs",
                        [&] { encoder.fill(*backend, 0, 4, 1); });
}

TEST(OpenVinoBackend, ObeysThreadsAndHint) {
  Encoder encoder;
  const auto latency = report_of(*encoder.prepared(target_with({}), 2)).details;
  EXPECT_EQ(latency.at("device"), "CPU");
  EXPECT_EQ(latency.at("hint"), "latency");
  EXPECT_EQ(latency.at("threads"), 2);
  EXPECT_EQ(latency.at("streams"), 1);
  EXPECT_EQ(latency.at("inference_precision"), "fp32");
  const auto throughput = report_of(*encoder.prepared(target_with({{"ov.hint", "throughput"}}), 1)).details;
  EXPECT_EQ(throughput.at("hint"), "throughput");
  EXPECT_EQ(throughput.at("threads"), 1);
}

TEST(OpenVinoBackend, RunsByEitherCallAndNamesIt) {
  Encoder encoder;
  const auto expect_call = [&](const char* call, const Target& target) {
    SCOPED_TRACE(call);
    const auto backend = encoder.prepared(target);
    encoder.fill(*backend, 0, 7, 1);
    encoder.fill(*backend, 1, 7, 2);
    encoder.expect_right(*backend, 0, 7, 1);
    encoder.expect_right(*backend, 1, 7, 2);
    EXPECT_EQ(report_of(*backend).details.at("call"), call);
  };
  expect_call("infer", target_with({}));
  expect_call("infer", target_with({{"ov.call", "infer"}}));
  expect_call("start_async", target_with({{"ov.call", "start_async"}}));
}

TEST(OpenVinoBackend, LetsOpenVinoChooseTheDevice) {
  Encoder encoder;
  for (const char* device : {"AUTO:CPU", "HETERO:CPU", "auto"}) {
    SCOPED_TRACE(device);
    const auto backend = encoder.prepared(target_with({{"ov.device", device}}));
    encoder.fill(*backend, 0, 7, 3);
    encoder.expect_right(*backend, 0, 7, 3);
    EXPECT_FALSE(report_of(*backend).details.at("execution_devices").empty());
  }
}

}  // namespace
}  // namespace medbench
