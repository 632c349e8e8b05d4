#include "tests/fake_worker/fake_hooks.hpp"

#include <cstdlib>
#include <fmt/core.h>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "ir/builder.hpp"
#include "models/encoder.hpp"
#include "worker/event_writer.hpp"

namespace medbench {

namespace {

constexpr const char* kDescribeVariable = "MEDBENCH_FAKE_DESCRIBE";
constexpr const char* kTable = "embeddings.weight";
constexpr std::int64_t kVocabulary = 1000;
constexpr std::int64_t kWidth = 4;
constexpr std::int64_t kPositions = 64;

class ZeroWeights final : public ir::ParameterSource {
 public:
  [[nodiscard]] bool contains(std::string_view name) const override { return name == kTable; }
  [[nodiscard]] ir::ParameterData read(std::string_view name) override {
    if (!contains(name)) throw usage_error("the fake model has no tensor {}", printable(name));
    const auto tensor =
        std::make_shared<HostTensor>(DType::F32, std::vector<std::int64_t>{kVocabulary, kWidth});
    return {tensor->view(), tensor};
  }
  [[nodiscard]] std::string_view kind() const override { return "synthetic"; }
};

}  // namespace

Model one_operation_model(const std::string& name) {
  ir::GraphBuilder builder(name);
  std::vector<ir::InputSpec> inputs = encoder_input_specs(kVocabulary, 2);
  std::vector<ir::ValueId> ids;
  ids.reserve(inputs.size());
  for (const ir::InputSpec& input : inputs) ids.push_back(builder.input(input));
  builder.output("output", builder.embedding(ids[0], builder.parameter(kTable, {kVocabulary, kWidth})));
  return {.name = name,
          .graph = builder.build(),
          .weights = std::make_unique<ZeroWeights>(),
          .inputs = std::move(inputs),
          .output = {.name = "output", .class_axis = 2, .kind = ir::OutputKind::Hidden, .labels = {}},
          .axes = kEncoderAxes,
          .limits = {{Axis::Seq, kPositions}}};
}

std::string FakeHooks::nodes_folder(const Job& job) {
  return script_of(job).nodes.value_or(WorkerHooks::nodes_folder(job));
}

void FakeHooks::describing(EventWriter& events) {
  const char* const text = std::getenv(kDescribeVariable);
  if (text == nullptr) return;
  const Json actions = parse_json(text, kDescribeVariable);
  for (const Json& action : actions.is_array() ? actions : Json::array({actions}))
    carry_out(action_from_json(action), events);
}

void FakeHooks::entered(Stage stage, const Job& job, EventWriter& events) {
  const auto act = [this, &events](std::string_view name, std::int64_t pass) {
    for (const auto& staged : backend_.script().actions) {
      if (staged.stage != name || staged.pass != pass) continue;
      is_garbled_ = is_garbled_ || staged.action.kind == ActionKind::Write;
      carry_out(staged.action, events);
    }
  };
  if (stage == Stage::Start) backend_.follow(script_of(job), act);
  act(to_string(stage), 0);
}

// At once and whole, for the next thing may be the end of the process.
void FakeHooks::sent(std::span<const Sample> samples) {
  const auto& file = backend_.script().sent;
  if (!file || is_garbled_) return;
  std::string lines;
  for (const Sample& sample : samples) lines += fmt::format("{}\n", sample.ms);
  std::ofstream(*file, std::ios::app) << lines << std::flush;
}

Model FakeHooks::load(const Job& job) {
  return backend_.script().model ? WorkerHooks::load(job) : one_operation_model(job.work.model.name);
}

void FakeHooks::finishing(Result& result, EventWriter& events) {
  const ResultLies& lies = backend_.script().lies;
  if (lies.job_id) result.job.id = *lies.job_id;
  if (lies.batch_size) result.job.work.axes.set(Axis::Batch, *lies.batch_size);
  if (lies.model_type) result.model_type = *lies.model_type;
  if (lies.status) result.status = *lies.status;
  for (std::int64_t copy = 1; copy < lies.copies; ++copy) events.send(ResultEvent{result});
}

}  // namespace medbench
