#include "worker/conclude.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "accuracy/parity_evaluator.hpp"
#include "backend/pass.hpp"
#include "base/error.hpp"
#include "device/copy_bandwidth.hpp"
#include "job/restarts.hpp"
#include "machine/thread_variables.hpp"
#include "measure/fill_metrics.hpp"
#include "measure/product_peak.hpp"
#include "measure/warnings.hpp"
#include "worker/evaluate.hpp"
#include "worker/failure.hpp"
#include "worker/imaging.hpp"
#include "worker/outputs.hpp"

namespace medbench {

namespace {

// The first failure counts.
template <class Step>
void guard(Result& result, Step step, Stage stage = Stage::Finish) {
  try {
    step();
  } catch (const ListenerGone&) {
    throw;
  } catch (...) {
    if (result.failure) return;
    ErrorEvent failure = describe_failure(std::current_exception(), stage);
    result.status = failure.status;
    result.failure = std::move(failure.failure);
  }
}

std::string names_of_variables() {
  std::string names;
  for (const auto& [name, value] : thread_variables()) names.append(names.empty() ? "" : " ").append(name);
  return names;
}

std::vector<Work> work_of(const std::vector<Batch>& batches) {
  std::vector<Work> work;
  for (const Batch& batch : batches) work.push_back(batch.work);
  return work;
}

// Batches of different size have no latency in common: each with its own median.
Json describe_batches(const Loaded& loaded, std::span<const Sample> samples) {
  Json batches = Json::array();
  for (const auto& [slot, ms] : batch_medians_ms(samples)) {
    const Batch& batch = loaded.batches[slot];
    Json json{{"tokens", batch.work.tokens},
              {"useful_tokens", batch.work.useful_tokens},
              {"n", std::ranges::count(samples, slot, &Sample::slot)},
              {"median_ms", ms}};
    for (const AxisInfo& row : kAxes) {
      if (batch.axes.has(row.axis)) json[std::string(row.json_key)] = batch.axes[row.axis];
    }
    batches.push_back(std::move(json));
  }
  return batches;
}

void fill_measured_metrics(Result& result, const Loaded& loaded, const Measured& measured) {
  fill_loop_metrics(result.metrics, measured.measurement, unit_of(result.job.work));
  fill_throughput_metrics(result.metrics, measured.measurement.samples, work_of(loaded.batches),
                          unit_of(result.job.work));
  if (batches_differ(result.job.work))
    result.details["inputs"]["batches"] = describe_batches(loaded, result.samples);
  result.metrics.set("cpu_cores_used", measured.load.own_cpus);
  result.metrics.set("other_load_share", measured.load.other_share);
  if (measured.startup_ms) {
    result.metrics.set("startup_ms", *measured.startup_ms);
  } else {
    result.metrics.set_absent("startup_ms", "the kernel does not tell when the process began");
  }
}

// Tuning goes on while the slots are written.
void separate_tuning(Metrics& metrics, std::optional<double> tune_ms) {
  if (!tune_ms) return;
  metrics.set("tune_ms", *tune_ms);
  if (const auto both_ms = metrics.get("upload_ms"))
    metrics.set("upload_ms", std::max(0.0, *both_ms - *tune_ms));
}

// FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
std::string hash_of(const HostTensor& tensor) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const std::byte byte : tensor.bytes())
    hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001B3U;
  return fmt::format("{:016x}", hash);
}

void take_report(Result& result, EngineReport&& report) {
  result.runtime = std::move(report.runtime);
  result.effective_precision = std::move(report.effective_precision);
  result.details["backend"] = std::move(report.details);
}

void check_finite(Result& result, const NamedTensors& outputs) {
  const std::string finding = find_non_finite(outputs);
  if (finding.empty() || result.failure) return;
  result.status = Status::AccError;
  result.failure = Failure{.kind = std::string(to_string(ErrorKind::Runtime)),
                           .stage = Stage::Finish,
                           .message = finding,
                           .stderr_tail = {}};
}

void look_for_numbers(ImagingFacts& facts, const HostTensor& output) {
  const auto values = output.f32();
  facts.has_nan = std::ranges::any_of(values, [](float value) { return std::isnan(value); });
  facts.has_inf = std::ranges::any_of(values, [](float value) { return std::isinf(value); });
}

// The main output of the pass that was timed last.
HostTensor read_timed(Result& result, const Model& model, Backend& backend) {
  NamedTensors outputs;
  backend.read(result.samples.back().slot, outputs);
  const auto main = outputs.find(model.output.name);
  if (main == outputs.end()) throw internal_error("there is no output {}", model.output.name);
  if (result.imaging) look_for_numbers(*result.imaging, main->second);
  return std::move(main->second);
}

// Outputs of every batch where they are compared or saved, else of the first.
void check_outputs(Result& result, Loaded& loaded, Backend& backend) {
  const Protocol& protocol = result.job.protocol;
  const std::string main = loaded.model.output.name;
  std::optional<HostTensor> timed;
  if (result.imaging || protocol.parity) timed = read_timed(result, loaded.model, backend);
  std::optional<ParityEvaluator> evaluator;
  if (protocol.parity) evaluator.emplace(*protocol.parity, loaded.model.inputs, loaded.model.output);
  const std::size_t count = evaluator || protocol.save_outputs ? loaded.batches.size() : 1;
  NamedTensors kept;
  for (std::size_t slot = 0; slot < count; ++slot) {
    NamedTensors& inputs = loaded.batches[slot].tensors;
    NamedTensors outputs = run_pass(backend, slot);
    check_finite(result, outputs);
    if (protocol.parity && slot == 0) result.details[kOutputHash] = hash_of(outputs.at(main));
    if (protocol.parity && slot == result.samples.back().slot)
      fill_repeatability(result, *timed, outputs.at(main));
    if (evaluator) evaluator->add(inputs, outputs);
    if (protocol.save_outputs) keep_batch(kept, slot, std::move(inputs), std::move(outputs));
  }
  if (evaluator) evaluator->fill(result);
  if (protocol.save_outputs) result.details["outputs_file"] = save_outputs(result.job, kept);
}

// Last of all: nothing of the model is left in the backend afterwards. On the CPU it would take longer than
// the job itself.
void measure_peak(Result& result, const JobTools& tools) {
  const Target& target = result.job.target;
  if (target.device == "cpu" || result.status != Status::Ok) return;
  const auto fill = [&](const PeakMetric& metric, const auto& peak) {
    try {
      fill_peak_metric(result.metrics, metric, peak());
    } catch (const std::exception& error) {
      result.notes.push_back(fmt::format("no {} and {}: {}", metric.peak, metric.share, error.what()));
    }
  };
  fill(kProductPeak, [&] { return product_peak_gflops(tools.backend, tools.clock, target, result.threads); });
  if (const auto card = device::cuda_index(target.device))
    fill(kMemoryPeak, [&] { return device::copy_gb_per_s(*card); });
}

}  // namespace

void conclude(Result& result, Loaded&& loaded, Measured&& measured, const MachineProfile& machine,
              const JobTools& tools, const std::function<void(Stage)>& enter) {
  result.status = Status::Ok;
  result.samples = measured.measurement.samples;
  result.stop_rule = measured.stopped_after ? kStoppedEarly : to_string(measured.measurement.stop_rule);
  if (measured.stopped_after)
    result.notes.push_back(fmt::format("stopped after turn {}", *measured.stopped_after));
  fill_measured_metrics(result, loaded, measured);

  EngineReport report;
  guard(result, [&] { tools.backend.report(report); });
  separate_tuning(result.metrics, report.tune_ms);
  fill_memory_metrics(result.metrics, tools.baseline.memory, measured.peak_reset, measured.memory_after,
                      report.memory);
  const bool differ = batches_differ(result.job.work);
  const std::vector<double> times = differ ? relative_times(result.samples) : latencies_ms(result.samples);
  const std::string variables = names_of_variables();
  result.warnings = find_warnings({.samples = times,
                                   .batches = result.job.work.text() == nullptr ? 0 : loaded.batches.size(),
                                   .batches_run = batch_medians_ms(result.samples).size(),
                                   .load = measured.load,
                                   .machine = machine,
                                   .threads = result.threads,
                                   .variables = variables,
                                   .build_type = MEDBENCH_BUILD_TYPE,
                                   .precision = result.job.target.precision,
                                   .effective_precision = report.effective_precision});
  result.warnings.insert(result.warnings.end(), report.warnings.begin(), report.warnings.end());
  take_report(result, std::move(report));
  result.imaging = imaging_facts(loaded.model, result);
  measured.sensors.fill(result, result.samples.size());
  guard(result, [&] { check_outputs(result, loaded, tools.backend); });
  if (result.job.protocol.evaluation && !measured.stopped_after) {
    enter(Stage::Evaluate);
    guard(
        result, [&] { evaluate(result, loaded, tools); }, Stage::Evaluate);
  }
  measure_peak(result, tools);
}

}  // namespace medbench
