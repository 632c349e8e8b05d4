#include "worker/load.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "backend/calibration.hpp"
#include "backend/packed_form.hpp"
#include "base/error.hpp"
#include "data/packed_tensors.hpp"
#include "ir/operation_count.hpp"
#include "job/fp8.hpp"
#include "models/packed_texts.hpp"
#include "passes/fold_batch_norm.hpp"
#include "passes/precision.hpp"

namespace medbench {

namespace {

std::unique_ptr<BatchSource> open_batches(const Data& data, const Workload& work, const Model& model) {
  const auto* text = std::get_if<TextData>(&data);
  if (text == nullptr) return random_batches(model.inputs, work.axes, work.seed);
  if (!work.model.folder) {
    throw usage_error(
        "{} has no folder with a tokenizer, which text needs: name a checkpoint's folder as the model",
        printable(work.model.name));
  }
  return text_batches(*text, *work.model.folder, model.inputs, work.axes);
}

void include(ShapeRange& range, const Axes& axes) {
  for (const AxisInfo& row : kAxes) {
    range.least.set(row.axis, std::min(range.least[row.axis], axes[row.axis]));
    range.most.set(row.axis, std::max(range.most[row.axis], axes[row.axis]));
  }
}

ShapeRange range_of(std::span<const Batch> batches) {
  ShapeRange range(batches.front().axes);
  for (const Batch& batch : batches) include(range, batch.axes);
  return range;
}

void fold_batch_norms(Model& model) {
  passes::FoldedGraph folded = passes::fold_batch_norm(model.graph);
  if (folded.convolutions.empty()) return;
  model.graph = std::move(folded.graph);
  model.weights =
      std::make_unique<ir::FoldedParameters>(std::move(model.weights), std::move(folded.convolutions));
}

// Without padding, in the form that the backend takes.
void pack(Model& model, const Backend& backend, const Target& target) {
  pack_texts(model);
  passes::PackedTexts texts = in_form_of(backend, target, {std::move(model.graph), std::move(model.inputs)});
  model.graph = std::move(texts.graph);
  model.inputs = std::move(texts.inputs);
}

// Its batches are of the job's own shape, or texts of any length up to that.
void include_evaluation(ShapeRange& shapes, const Model& model, const Axes& axes) {
  if (!is_packed(model)) return include(shapes, axes);
  constexpr std::int64_t kShortestText = 2;  // its special tokens
  for (const std::int64_t length : {kShortestText, axes[Axis::Seq]})
    include(shapes, axes.with(Axis::Seq, length).with(Axis::Tokens, axes[Axis::Batch] * length));
}

// What the texts are, and with --pad none what attention works on.
Json details_of(const BatchSource& source, const Model& model) {
  Json details = source.details();
  if (is_packed(model)) {
    const bool is_padded = std::ranges::count(model.inputs, ir::Role::PaddedMask, &ir::InputSpec::role) > 0;
    details["attention"] = is_padded ? "padded" : "unpadded";
  }
  return details;
}

bool has_no_padding(const Workload& work) {
  return work.text() != nullptr && work.text()->padding == Padding::None;
}

}  // namespace

Loaded load(const Job& job, const Backend& backend, WorkerHooks& hooks) {
  Model model = hooks.load(job);
  check_limits(model, job.work.axes);
  if (!backend.takes_batch_norms() || needs_calibration(job)) fold_batch_norms(model);
  if (has_no_padding(job.work)) {
    pack(model, backend, job.target);
  } else {
    check_tensors(model, job.work.axes);
  }
  const std::unique_ptr<BatchSource> source = open_batches(job.work.data, job.work, model);
  // Texts come to an end.
  const bool ends = job.work.text() != nullptr;
  std::vector<Batch> batches = take(*source, ends ? std::numeric_limits<std::size_t>::max() : kTimedBatches);
  if (batches.empty()) throw internal_error("no batch of inputs was made");
  const std::optional<DType> dtype = passes::dtype_of_precision(job.target.precision);
  for (Batch& batch : batches) {
    if (is_packed(model)) check_tensors(model, batch.axes);
    const std::vector<std::int64_t> lengths = packed_lengths(model.inputs, batch.tensors);
    batch.work.operations = static_cast<double>(ir::operation_count(model.graph, batch.axes, lengths));
    if (dtype) {
      batch.work.moved_bytes = static_cast<double>(ir::moved_elements(model.graph, batch.axes, lengths)) *
                               static_cast<double>(size_of(*dtype));
    }
  }
  ShapeRange shapes = range_of(batches);
  if (job.protocol.evaluation) include_evaluation(shapes, model, job.work.axes);
  Json inputs_details = details_of(*source, model);
  return {.model = std::move(model),
          .batches = std::move(batches),
          .shapes = shapes,
          .inputs_source = std::string(source->kind()),
          .inputs_details = std::move(inputs_details)};
}

bool needs_calibration(const Job& job) {
  return wants_fp8(job.target) ||
         (job.target.precision == kInt8 &&
          job.target.quantization.value_or(Quantization{}).method == QuantizationMethod::Static);
}

Calibration calibrate_static(const Job& job, Loaded& loaded, std::int64_t threads, Backend& backend) {
  const Quantization quantization = job.target.quantization.value_or(Quantization{});
  Data data = job.work.data;
  if (!quantization.calibration_file.empty())
    data = TextData{.file = quantization.calibration_file,
                    .column = quantization.calibration_column,
                    .padding = has_no_padding(job.work) ? Padding::None : Padding::Fixed};
  // Rows of any order and number of batches have the same ranges.
  if (auto* text = std::get_if<TextData>(&data)) {
    text->order = BatchOrder::Given;
    text->batches = quantization.calibration_batches;
  }
  const std::unique_ptr<BatchSource> source = open_batches(data, job.work, loaded.model);
  const std::vector<Batch> batches =
      take(*source, static_cast<std::size_t>(quantization.calibration_batches));
  Calibration calibration;
  calibration.details = source->details();
  calibration.details["batches"] = batches.size();
  calibration.details["inputs_source"] = source->kind();
  calibration.ranges =
      calibrate(backend, loaded.model.graph, *loaded.model.weights,
                {.target = job.target, .shapes = range_of(batches), .threads = threads}, batches);
  return calibration;
}

void upload(const Loaded& loaded, Backend& backend) {
  for (std::size_t slot = 0; slot < loaded.batches.size(); ++slot) {
    backend.bind(slot, loaded.batches[slot].axes);
    backend.write(slot, loaded.batches[slot].tensors);
  }
}

}  // namespace medbench
