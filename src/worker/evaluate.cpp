#include "worker/evaluate.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "accuracy/classification_evaluator.hpp"
#include "accuracy/packed_parity.hpp"
#include "base/error.hpp"
#include "data/text_file.hpp"
#include "machine/cpu_limits.hpp"
#include "models/packed_texts.hpp"
#include "worker/batches_ahead.hpp"

namespace medbench {

namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kSlot = 0;
constexpr std::chrono::milliseconds kProgressInterval{200};

double to_ms(nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

void check_hash(const Evaluation& evaluation) {
  if (evaluation.hash.empty() || text_file_hash(evaluation.file) == evaluation.hash) return;
  throw usage_error("{}: it is not the file that this run began with; begin another one", evaluation.file);
}

// Beside passes that keep every processor busy, a thread of our own makes them wait longer than its work
// takes, for their threads wait for each other.
bool has_room_beside(const Result& result) {
  return result.job.target.device != "cpu" ||
         static_cast<std::size_t>(result.threads) < allowed_cpus().size();
}

class Engine {
 public:
  Engine(const Loaded& loaded, const JobTools& tools)
      : backend_(tools.backend),
        clock_(tools.clock),
        output_(loaded.model.output.name),
        is_packed_(is_packed(loaded.model)),
        bound_(loaded.batches[kSlot].axes) {}

  const HostTensor& run(const EvaluationBatch& batch) {
    // Batches of as many tokens may be of other texts, and a captured pass is of its own alone.
    if (is_packed_ || batch.axes != bound_) backend_.bind(kSlot, batch.axes);
    bound_ = batch.axes;
    const nanoseconds begin = clock_.now();
    backend_.write(kSlot, batch.tensors);
    backend_.enqueue(kSlot);
    backend_.wait(kSlot);
    backend_.read(kSlot, outputs_);
    took_ += clock_.now() - begin;
    const auto found = outputs_.find(output_);
    if (found == outputs_.end()) throw internal_error("there is no output {}", output_);
    return found->second;
  }
  [[nodiscard]] nanoseconds took() const { return took_; }

 private:
  Backend& backend_;
  Clock& clock_;
  std::string output_;
  bool is_packed_;
  Axes bound_;            // what the slot is made for
  NamedTensors outputs_;  // memory that is written again
  nanoseconds took_{0};
};

void check_shape(const HostTensor& logits, const ir::OutputSpec& output, const Axes& axes) {
  const bool are_of_words = output.class_axis == 2;
  std::vector<std::int64_t> shape{axes[are_of_words && axes.has(Axis::Tokens) ? Axis::Tokens : Axis::Batch]};
  if (are_of_words && !axes.has(Axis::Tokens)) shape.push_back(axes[Axis::Seq]);
  shape.push_back(static_cast<std::int64_t>(output.labels.size()));
  if (logits.shape() != shape)
    throw runtime_failure("the logits are {}, not {}", shape_to_string(logits.shape()),
                          shape_to_string(shape));
}

// [tokens, classes] as [batch, seq, classes].
HostTensor padded_again(const HostTensor& logits, const EvaluationBatch& batch, const Model& model) {
  const auto offsets = std::ranges::find(model.inputs, ir::Role::Offsets, &ir::InputSpec::role);
  return TextPlaces(batch.tensors.at(offsets->name).view()).pad(logits.view(), batch.axes[Axis::Seq]);
}

}  // namespace

void evaluate(Result& result, const Loaded& loaded, const JobTools& tools) {
  const Evaluation& evaluation = *result.job.protocol.evaluation;
  const Workload& work = result.job.work;
  const Model& model = loaded.model;
  const nanoseconds begin = tools.clock.now();
  if (!work.model.folder) throw usage_error("{} has no folder with a tokenizer", printable(work.model.name));
  check_hash(evaluation);
  EvaluationBatches source(evaluation.file, model.inputs, model.output, *work.model.folder, work.axes);
  ClassificationEvaluator evaluator(model.output, evaluation);
  Engine engine(loaded, tools);
  const bool has_packed_words = is_packed(model) && evaluation_kind(model.output) == EvaluationKind::Words;
  nanoseconds last_progress = begin;
  std::int64_t done = 0;
  {
    std::optional<BatchesAhead> ahead;
    if (has_room_beside(result)) ahead.emplace(source);
    while (const auto batch = ahead ? ahead->next() : source.next()) {
      const HostTensor& logits = engine.run(*batch);
      if (done == 0) check_shape(logits, model.output, batch->axes);
      if (has_packed_words) {
        evaluator.add(batch->texts, padded_again(logits, *batch, model));
      } else {
        evaluator.add(batch->texts, logits);
      }
      done += static_cast<std::int64_t>(batch->texts.size());
      const nanoseconds now = tools.clock.now();
      if (now - last_progress < kProgressInterval) continue;
      last_progress = now;
      tools.events.send(ProgressEvent{.stage = Stage::Evaluate,
                                      .done = done,
                                      .planned = 0,
                                      .latency_ms = 0,
                                      .fraction = batch->fraction});
    }
  }
  evaluator.fill(result, source.counts());
  result.metrics.set("eval_passes_ms", to_ms(engine.took()));
  result.metrics.set("eval_ms", to_ms(tools.clock.now() - begin));
}

}  // namespace medbench
