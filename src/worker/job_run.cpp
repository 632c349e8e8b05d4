#include "worker/job_run.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <fmt/core.h>
#include <string>
#include <utility>

#include "accuracy/parity_evaluator.hpp"
#include "backend/calibration.hpp"
#include "base/error.hpp"
#include "base/utc.hpp"
#include "ir/operation_count.hpp"
#include "machine/process_time.hpp"
#include "measure/fill_metrics.hpp"
#include "measure/product_peak.hpp"
#include "measure/turns.hpp"
#include "measure/warnings.hpp"
#include "worker/failure.hpp"
#include "worker/outputs.hpp"

namespace medbench {

namespace {

constexpr std::size_t kInputSets = 4;
constexpr std::int64_t kMostThreads = 4096;

double ms_between(std::chrono::nanoseconds begin, std::chrono::nanoseconds end) {
  return std::chrono::duration<double, std::milli>(end - begin).count();
}

std::int64_t resolve_threads(const Job& job, const MachineProfile& machine) {
  if (job.target.threads > kMostThreads) {
    throw usage_error("{} threads are asked for: at most {} are possible", job.target.threads, kMostThreads);
  }
  return job.target.threads > 0 ? job.target.threads : std::max<std::int64_t>(1, machine.physical_cores);
}

}  // namespace

JobRun::JobRun(const Job& job, const Baseline& baseline, Backend& backend, Clock& clock, WorkerHooks& hooks,
               CommandInput& input, EventWriter& events)
    : job_(job),
      baseline_(baseline),
      backend_(backend),
      clock_(clock),
      hooks_(hooks),
      input_(input),
      events_(events),
      machine_(read_machine_profile()) {
  result_.job = job;
  result_.device = job.target.device;
  result_.model_type = job.work.model.name;
  result_.started_at = utc_now();
  result_.machine = to_json(machine_);
}

Result JobRun::run() {
  hooks_.entered(Stage::Start, job_, events_);
  load();
  compile();
  measure_job();
  finish();
  return std::move(result_);
}

void JobRun::stage(Stage stage) {
  stage_ = stage;
  events_.send(StageEvent{stage});
  hooks_.entered(stage, job_, events_);
  // The loop announces a stage and begins with it at once.
  if (stage == Stage::Warmup && !startup_ms_) startup_ms_ = process_age_ms();
  if (stage != Stage::Run) return;
  sensors_.begin();
  load_before_ = take_load_snapshot(clock_, baseline_.allowed_cpus);
}

void JobRun::progress(const ProgressEvent& progress) {
  events_.send(progress);
}

void JobRun::measured() {
  const LoadReport report = compare_load(load_before_, take_load_snapshot(clock_, baseline_.allowed_cpus));
  sensors_.end(report.wall_s);
  load_report_ = load_report_ ? add_load(*load_report_, report) : report;
  memory_after_ = read_memory();
}

void JobRun::load() {
  stage(Stage::Load);
  const auto begin = clock_.now();
  result_.threads = resolve_threads(job_, machine_);
  if (const Refusal refusal = backend_.supports(job_.target)) throw unsupported_error("{}", *refusal);
  model_ = hooks_.load(job_);
  make_inputs();
  result_.weights_source = model_.weights->kind();
  result_.inputs_source = inputs_.source;
  load_ms_ = ms_between(begin, clock_.now());
}

InputSets JobRun::make_sets(const Data& data, std::size_t count) const {
  const auto* text = std::get_if<TextData>(&data);
  if (text == nullptr) return random_inputs(model_.inputs, job_.work.axes, job_.work.seed, count);
  if (!job_.work.model.folder) {
    throw usage_error(
        "{} has no folder with a tokenizer, which text needs: name a checkpoint's folder as the model",
        printable(job_.work.model.name));
  }
  return text_inputs(*text, *job_.work.model.folder, model_.inputs, job_.work.axes, count);
}

void JobRun::make_inputs() {
  const std::int64_t longest = model_.limits[Axis::Seq];
  const std::int64_t length = job_.work.axes[Axis::Seq];
  if (length == 0)
    throw usage_error("the job gives no sequence length, which {} needs", printable(job_.work.model.name));
  if (longest > 0 && length > longest) {
    throw usage_error("sequence length {} is longer than the {} positions of {}: use at most {}", length,
                      longest, printable(job_.work.model.name), longest);
  }
  inputs_ = make_sets(job_.work.data, kInputSets);
  if (inputs_.sets.empty()) throw internal_error("no set of inputs was made");
}

ir::Ranges JobRun::calibrate_static() {
  const Quantization quantization = job_.target.quantization.value_or(Quantization{});
  if (job_.target.precision != kInt8 || quantization.method != QuantizationMethod::Static) return {};
  Data data = job_.work.data;
  if (!quantization.calibration_file.empty())
    data = TextData{.file = quantization.calibration_file, .column = quantization.calibration_column};
  const InputSets inputs = make_sets(data, static_cast<std::size_t>(quantization.calibration_batches));
  return calibrate(backend_, model_.graph, *model_.weights,
                   {.target = job_.target, .shapes = {inputs.least, inputs.most}, .threads = result_.threads},
                   inputs.sets);
}

void JobRun::compile() {
  stage(Stage::Compile);
  const auto begin = clock_.now();
  backend_.prepare(model_.graph, *model_.weights,
                   {.target = job_.target,
                    .shapes = {inputs_.least, inputs_.most},
                    .threads = result_.threads,
                    .ranges = calibrate_static(),
                    .host_io = job_.protocol.region == TimedRegion::Host});
  for (std::size_t slot = 0; slot < inputs_.sets.size(); ++slot) backend_.upload(slot, inputs_.sets[slot]);
  compile_ms_ = ms_between(begin, clock_.now());
  sensors_.open(job_.target.device);
}

void JobRun::measure_job() {
  const LoopSettings settings = loop_settings(job_);
  const std::int64_t turns = possible_turns(settings, job_.protocol.turns);
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    if (turn > 0 && !may_take_turn(turn, turns)) return;
    const LoopSettings share = settings_of_turn(settings, turn, turns);
    add_turn(measurement_, measure(backend_, clock_, inputs_.sets, share, *this));
  }
}

bool JobRun::may_take_turn(std::int64_t turn, std::int64_t turns) {
  events_.send(TurnEvent{.done = turn, .planned = turns});
  if (input_.may_go_on()) return true;
  result_.notes.push_back(fmt::format("stopped after turn {} of {}", turn, turns));
  stopped_early_ = true;
  return false;
}

void JobRun::finish() {
  stage(Stage::Finish);
  result_.status = Status::Ok;
  result_.runtime = backend_.runtime();
  result_.effective_precision = backend_.effective_precision();
  result_.details = {{"backend", backend_.details()}, {"inputs", inputs_.details}};
  fill_metrics();
  result_.warnings = find_warnings({.samples_ms = measurement_.samples_ms,
                                    .load = load_report_.value_or(LoadReport{}),
                                    .machine = machine_,
                                    .threads = result_.threads,
                                    .build_type = MEDBENCH_BUILD_TYPE,
                                    .precision = job_.target.precision,
                                    .effective_precision = result_.effective_precision});
  for (auto& warning : backend_.warnings()) result_.warnings.push_back(std::move(warning));
  sensors_.fill(result_, measurement_.samples_ms.size());
  result_.stop_rule = stopped_early_ ? kStoppedEarly : to_string(measurement_.stop_rule);
  result_.samples_ms = std::move(measurement_.samples_ms);
  result_.device_samples_ms = std::move(measurement_.device_samples_ms);
  check_outputs();
  measure_peak();
}

void JobRun::fill_metrics() {
  Metrics& metrics = result_.metrics;
  fill_latency_metrics(metrics, measurement_);
  fill_throughput_metrics(metrics, measurement_.samples_ms,
                          {.sequences = inputs_.most[Axis::Batch],
                           .tokens = static_cast<double>(inputs_.tokens),
                           .useful_tokens = inputs_.useful_tokens,
                           .operations = ir::operation_count(model_.graph, inputs_.most)});
  fill_memory_metrics(metrics, baseline_.memory, memory_after_, backend_.memory());
  if (const auto peak = backend_.measure_peak_gflops()) fill_peak_metrics(metrics, *peak);
  metrics.set("load_ms", load_ms_);
  metrics.set("compile_ms", compile_ms_);
  if (startup_ms_) {
    metrics.set("startup_ms", *startup_ms_);
  } else {
    metrics.set_absent("startup_ms", "the kernel does not tell when the process began");
  }
}

// The numbers are measured by now: what goes wrong here makes the row a failure, but loses none of them.
void JobRun::check_outputs() {
  try {
    backend_.enqueue(0);
    backend_.synchronize();
    NamedTensors outputs = backend_.download();
    if (const std::string finding = find_non_finite(outputs); !finding.empty()) {
      result_.status = Status::AccError;
      result_.failure = Failure{.kind = std::string(to_string(ErrorKind::Runtime)),
                                .stage = Stage::Finish,
                                .message = finding,
                                .stderr_tail = {}};
    }
    evaluate(outputs);
    if (job_.protocol.save_outputs) {
      const std::string path = save_outputs(job_, std::move(inputs_.sets.front()), std::move(outputs));
      result_.details["outputs_file"] = path;
    }
  } catch (const ListenerGone&) {
    throw;
  } catch (...) {
    ErrorEvent failure = describe_failure(std::current_exception(), Stage::Finish);
    result_.status = failure.status;
    result_.failure = std::move(failure.failure);
  }
}

void JobRun::evaluate(const NamedTensors& outputs) {
  if (!job_.protocol.parity) return;
  ParityEvaluator evaluator(*job_.protocol.parity, model_.inputs, model_.output.name);
  evaluator.add(inputs_.sets.front(), outputs);
  evaluator.fill(result_);
}

// Last of all: nothing of the model is left in the backend afterwards. On the CPU it would take longer than
// the job itself.
void JobRun::measure_peak() {
  if (job_.target.device == "cpu" || result_.status != Status::Ok || result_.metrics.get("peak_gflops"))
    return;
  try {
    fill_peak_metrics(result_.metrics, product_peak_gflops(backend_, clock_, job_.target, result_.threads));
  } catch (const std::exception& error) {
    result_.notes.push_back(fmt::format("no peak_gflops and mfu: {}", error.what()));
  }
}

}  // namespace medbench
