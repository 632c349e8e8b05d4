#include "backend/onnxruntime/session.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>

#include "backend/onnxruntime/compile.hpp"
#include "ir/builder.hpp"
#include "tests/backend/onnxruntime/ort_testing.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::ort {
namespace {

constexpr std::int64_t kWidth = 64;

// y = x * weight^T + bias, and the row of a table for each id.
ir::Graph linear_and_table() {
  ir::GraphBuilder graph("test");
  const ir::ValueId x = graph.input("x", DType::F32, {ir::kBatch, kWidth});
  const ir::ValueId ids = graph.input("ids", DType::I64, {ir::kBatch});
  graph.output(
      "y", graph.linear(x, graph.parameter("weight", {kWidth, kWidth}), graph.parameter("bias", {kWidth})));
  graph.output("rows", graph.embedding(ids, graph.parameter("table", {100, kWidth})));
  return graph.build();
}

// Counts how many of the weights that it handed out are still in use.
class CountingParameters final : public ir::ParameterSource {
 public:
  explicit CountingParameters(NamedTensors tensors) : tensors_(std::move(tensors)) {}

  [[nodiscard]] bool contains(std::string_view name) const override {
    return tensors_.contains(std::string(name));
  }
  [[nodiscard]] ir::ParameterData read(std::string_view name) override {
    const auto count = in_use_;
    ++*count;
    const std::shared_ptr<const void> owner(this, [count](const void*) { --*count; });
    return {.view = tensors_.at(std::string(name)).view(), .owner = owner};
  }
  [[nodiscard]] std::string_view kind() const override { return "synthetic"; }
  [[nodiscard]] int in_use() const { return *in_use_; }

 private:
  NamedTensors tensors_;
  std::shared_ptr<int> in_use_ = std::make_shared<int>(0);
};

struct Prepared {
  Prepared(const Runtime& runtime, const SessionSettings& settings)
      : graph(linear_and_table()), weights(testing::random_parameters(graph, 1)) {
    lower::OnnxModel model = write_model(lower_graph(graph, Target{}), weights);
    external = model.initializers.size();
    inputs = {{.name = "x", .model_name = model.inputs.at(0), .shape = {2, kWidth}},
              {.name = "ids", .model_name = model.inputs.at(1), .shape = {2}, .dtype = DType::I64}};
    outputs = {{.name = "y", .model_name = model.outputs.at(0), .shape = {2, kWidth}},
               {.name = "rows", .model_name = model.outputs.at(1), .shape = {2, kWidth}}};
    tensors.emplace("x", testing::random_floats({2, kWidth}, 2));
    tensors.emplace("ids", HostTensor::from_i64({2}, std::array<std::int64_t, 2>{7, 93}));
    session = std::make_unique<ModelSession>(runtime, std::move(model), settings);
  }

  ir::Graph graph;
  CountingParameters weights;
  // With the inputs written.
  [[nodiscard]] BoundPass pass(OutputPlace place) const {
    BoundPass pass(*session, inputs, outputs, place);
    pass.write(tensors);
    return pass;
  }

  NamedTensors tensors;
  std::vector<TensorPlace> inputs;
  std::vector<TensorPlace> outputs;
  std::size_t external = 0;
  std::unique_ptr<ModelSession> session;
};

NamedTensors outputs_of(BoundPass& pass) {
  NamedTensors outputs;
  pass.read(outputs);
  return outputs;
}

SessionSettings settings_for(const ProviderChoice& provider) {
  SessionSettings settings;
  settings.provider = provider;
  return settings;
}

TEST(OrtSession, KeepsTheWeightsThatItLentAsLongAsItLives) {
  const Runtime runtime(testing::bundled_library());
  Prepared prepared(runtime, settings_for({}));
  EXPECT_GE(prepared.external, 2U);  // the weight and the table
  EXPECT_EQ(prepared.weights.in_use(), static_cast<int>(prepared.external));
  BoundPass pass = prepared.pass(OutputPlace::Provider);
  pass.run();
  const NamedTensors outputs = outputs_of(pass);
  const auto table = to_float(prepared.weights.read("table").view);
  EXPECT_THAT(outputs.at("rows").f32().subspan(0, kWidth),
              ::testing::ElementsAreArray(table.begin() + 7 * kWidth, table.begin() + 8 * kWidth));
  prepared.session.reset();
  EXPECT_EQ(prepared.weights.in_use(), 0);
}

TEST(OrtSession, RunsWithoutArenaAndThroughAProviderChosenByDevice) {
  Runtime runtime(testing::bundled_library());
  Prepared plain(runtime, settings_for({}));
  BoundPass plain_pass = plain.pass(OutputPlace::Host);
  plain_pass.run();
  Options options;
  options.provider = "CPUExecutionProvider";
  SessionSettings settings = settings_for(runtime.select_provider("cpu", options).choice);
  settings.memory_efficient = true;
  Prepared other(runtime, settings);
  BoundPass other_pass = other.pass(OutputPlace::Host);
  other_pass.run();
  EXPECT_THAT(outputs_of(other_pass).at("y").f32(),
              ::testing::ElementsAreArray(outputs_of(plain_pass).at("y").f32()));
  EXPECT_FALSE(plain.session->allocator_statistics().empty());
}

TEST(OrtSession, TellsWhichKernelsASinglePassCalled) {
  const Runtime runtime(testing::bundled_library());
  Prepared prepared(runtime, settings_for({}));
  BoundPass pass = prepared.pass(OutputPlace::Host);
  const auto nodes = profile_pass(runtime, pass);
  EXPECT_EQ(precision_of(nodes), "fp32");
  EXPECT_EQ(placement_of(nodes).at("CPUExecutionProvider").at("Gather"), 1);
  // The pass after it is not profiled.
  pass.run();
  EXPECT_EQ(profile_pass(runtime, pass).size(), nodes.size());
}

// The operators of the CUDA form have kernels for the CPU too.
TEST(OrtSession, TheCudaFormComputesWhatThePlainOneDoes) {
  const Runtime runtime(testing::bundled_library());
  ir::GraphBuilder builder("attention");
  const ir::ValueId x = builder.input("x", DType::F32, {ir::kBatch, ir::kSeq, kWidth});
  const ir::ValueId mask = builder.input("mask", DType::I64, {ir::kBatch, ir::kSeq});
  const ir::ValueId queries =
      builder.linear(x, builder.parameter("weight", {kWidth, kWidth}), builder.parameter("bias", {kWidth}));
  builder.output("y", builder.attention(queries, x, x, mask, 4));
  const ir::Graph graph = builder.build();
  NamedTensors inputs;
  inputs.emplace("x", testing::random_floats({2, 5, kWidth}, 3));
  inputs.emplace("mask", HostTensor::from_i64({2, 5}, std::array<std::int64_t, 10>{1, 1, 1}));
  std::vector<NamedTensors> results;
  for (const std::string_view form : {kPlainForm, kCudaForm}) {
    CountingParameters weights(testing::random_parameters(graph, 1));
    lower::OnnxModel model = write_model(lower_graph(graph, Target{}), weights, form);
    const std::vector<TensorPlace> places{
        {.name = "x", .model_name = model.inputs.at(0), .shape = {2, 5, kWidth}},
        {.name = "mask", .model_name = model.inputs.at(1), .shape = {2, 5}, .dtype = DType::I64}};
    const std::vector<TensorPlace> outputs{
        {.name = "y", .model_name = model.outputs.at(0), .shape = {2, 5, kWidth}}};
    const ModelSession session(runtime, std::move(model), settings_for({}));
    BoundPass pass(session, places, outputs, OutputPlace::Host);
    pass.write(inputs);
    pass.run();
    results.push_back(outputs_of(pass));
  }
  EXPECT_THAT(results[1].at("y").f32(),
              ::testing::Pointwise(::testing::FloatNear(1e-5F), results[0].at("y").f32()));
}

// A provider for CUDA takes these from a pass; the CPU's lets them be.
TEST(OrtSession, HandsOverTheOptionsOfAPass) {
  const Runtime runtime(testing::bundled_library());
  const auto options = create<RunOptions>(runtime.api(), slot::kCreateRunOptions);
  runtime.api().call(slot::kAddRunConfigEntry, options.get(), "gpu_graph_id", "1");
  testing::expect_error(ErrorKind::Runtime, "AddRunConfigEntry",
                        [&] { runtime.api().call(slot::kAddRunConfigEntry, options.get(), "", "1"); });
  Prepared prepared(runtime, settings_for({}));
  BoundPass pass = prepared.pass(OutputPlace::Provider);
  pass.run(options.get());
  EXPECT_EQ(outputs_of(pass).size(), 2U);
}

TEST(OrtSession, RefusesAModelThatIsNone) {
  const Runtime runtime(testing::bundled_library());
  lower::OnnxModel model;
  model.proto = "this is no protobuf";
  testing::expect_error(ErrorKind::Runtime, "CreateSessionFromArray",
                        [&] { const ModelSession session(runtime, model, settings_for({})); });
}

TEST(OrtProbe, ReadsBackWhatThePrecisionBecomes) {
  const Runtime runtime(testing::bundled_library());
  EXPECT_EQ(probe_precision(runtime, {}, "fp32").precision, "fp32");
  EXPECT_EQ(probe_precision(runtime, {}, "fp32").failure, "");
#if defined(__x86_64__)
  // No processor of this family has kernels for fp16 here: the library inserts conversions.
  EXPECT_EQ(probe_precision(runtime, {}, "fp16").precision, "fp32");
#endif
}

}  // namespace
}  // namespace medbench::ort
