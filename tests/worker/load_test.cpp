#include "worker/load.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <utility>

#include "ir/builder.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

class Taker final : public Backend {
 public:
  explicit Taker(bool takes_batch_norms) : takes_batch_norms_(takes_batch_norms) {}

  Capabilities describe() override { return {}; }
  Refusal supports(const Target& /*target*/) override { return {}; }
  [[nodiscard]] bool takes_batch_norms() const override { return takes_batch_norms_; }
  void build(const ir::Graph&, ir::ParameterSource&, const Build&) override {}
  void bind(std::size_t, const Axes&) override {}
  void write(std::size_t, const NamedTensors&) override {}
  void enqueue(std::size_t) override {}
  void wait(std::size_t) override {}
  void read(std::size_t, NamedTensors&) override {}
  void report(EngineReport&) override {}

 private:
  bool takes_batch_norms_;
};

// A convolution with its norm.
class Network final : public WorkerHooks {
 public:
  Model load(const Job& /*job*/) override {
    ir::GraphBuilder graph("network");
    const ir::ValueId x = graph.input("x", DType::F32, {ir::kBatch, 2, 4, 4});
    const ir::ValueId y = graph.convolution(x, graph.parameter("weight", {3, 2, 1, 1}), std::nullopt);
    const auto parameter = [&](const char* name) { return graph.parameter(name, {3}); };
    graph.output("y", graph.batch_norm(y, parameter("scale"), parameter("shift"), parameter("mean"),
                                       parameter("running_var"), 1e-5));
    Model model;
    model.graph = graph.build();
    model.weights = std::make_unique<testing::MemoryParameters>(testing::random_parameters(model.graph, 1));
    model.inputs = {{.name = "x", .shape = {ir::kBatch, 2, 4, 4}, .domain = {}}};
    model.axes = {{Axis::Batch, 1}};
    return model;
  }
};

std::size_t nodes_for(const Backend& backend) {
  Network hooks;
  Job job;
  job.work.axes = {{Axis::Batch, 1}};
  return load(job, backend, hooks).model.graph.nodes.size();
}

TEST(Load, FoldsBatchNormsForBackendsThatDoNotTakeThem) {
  EXPECT_EQ(nodes_for(Taker(false)), 1U);
  EXPECT_EQ(nodes_for(Taker(true)), 2U);
}

// The texts of an evaluation are others than the timed ones: as short as can be, and as long as the job says.
TEST(Load, OfTextsWithoutPaddingTakesThoseOfAnEvaluationToo) {
  const testing::TemporaryFolder folder;
  const auto fixtures = testing::source_folder() / "tests" / "evaluation";
  Job job;
  job.work.model = {.name = "model", .folder = (fixtures / "texts_model").string()};
  job.work.axes = {{Axis::Batch, 2}, {Axis::Seq, 24}};
  job.work.data =
      TextData{.file = folder.write("notes.txt", "fever\nno fever\n").string(), .padding = Padding::None};
  WorkerHooks hooks;
  const Loaded timed = load(job, Taker(true), hooks);
  EXPECT_EQ(timed.shapes.least, timed.batches.front().axes);
  EXPECT_TRUE(timed.shapes.is_fixed());
  job.protocol.evaluation = Evaluation{.file = (fixtures / "texts.csv").string()};
  const Loaded evaluated = load(job, Taker(true), hooks);
  EXPECT_EQ(evaluated.shapes.least, Axes({{Axis::Batch, 2}, {Axis::Seq, 2}, {Axis::Tokens, 4}}));
  EXPECT_EQ(evaluated.shapes.most, Axes({{Axis::Batch, 2}, {Axis::Seq, 24}, {Axis::Tokens, 48}}));
}

}  // namespace
}  // namespace medbench
