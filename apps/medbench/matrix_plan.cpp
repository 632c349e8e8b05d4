#include "medbench/matrix_plan.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/error.hpp"
#include "medbench/backends.hpp"
#include "medbench/runtime_options.hpp"
#include "runner/result_store.hpp"

namespace medbench {

namespace {

constexpr const char* kCpu = "cpu";
constexpr std::int64_t kTurns = 2;  // A B B A: a drift that is linear in time hits all rows alike

// One backend on one device in one precision.
struct Target {
  std::string backend;
  std::string device;
  std::string precision;
  std::vector<std::string> notes;
  std::optional<Failure> failure;
};

// "cuda" is any of "cuda:0", "cuda:1" ...
bool is_on(const DeviceInfo& device, std::string_view asked) {
  return device.id == asked || device.id.substr(0, device.id.find(':')) == asked;
}

const DeviceInfo* find_device(const Capabilities& capabilities, std::string_view asked) {
  for (const auto& device : capabilities.devices) {
    if (is_on(device, asked)) return &device;
  }
  return nullptr;
}

bool runs(const DeviceInfo& device, std::string_view precision) {
  return std::find(device.precisions.begin(), device.precisions.end(), precision) != device.precisions.end();
}

std::string why_unusable(const Capabilities& capabilities) {
  std::string text = capabilities.reason.empty() ? "it offers no device" : capabilities.reason;
  if (!capabilities.advice.empty()) text += "; " + capabilities.advice;
  return text;
}

class Planner {
 public:
  Planner(const MatrixOptions& options, const PlanSources& sources) : options_(options), sources_(sources) {}

  std::vector<Target> targets() {
    for (const auto& backend : options_.backends) {
      if (backend == kAutoBackend) {
        add_all_usable();
      } else {
        add_backend(backend, ask(backend));
      }
    }
    return std::move(targets_);
  }
  std::vector<std::string> notes() { return std::move(notes_); }

 private:
  Capabilities ask(const std::string& backend) {
    const KnownBackend* known = find_known_backend(backend);
    if (sources_.is_installed(backend) || known == nullptr) return sources_.describe(backend);
    Capabilities missing;
    missing.backend = backend;
    missing.reason = fmt::format("worker-{} is not installed", backend);
    missing.advice = known->when_missing;
    return missing;
  }

  void add_all_usable() {
    bool found = false;
    for (const auto& known : known_backends()) {
      if (!known.in_auto) continue;
      const Capabilities capabilities = ask(std::string(known.name));
      if (capabilities.devices.empty() && !is_named(known.name)) {
        notes_.push_back(fmt::format("auto leaves {} out: {}", known.name, why_unusable(capabilities)));
        continue;
      }
      found = true;
      add_backend(std::string(known.name), capabilities);
    }
    if (!found)
      throw environment_error("--backend auto: no backend is usable here; medbench doctor says why for each");
  }

  // By an option or a variable, so that it is wanted though it is not usable.
  [[nodiscard]] bool is_named(std::string_view backend) const {
    const std::map<std::string, std::string> none;
    const auto own = options_.options_of.find(std::string(backend));
    return names_runtime(backend, own == options_.options_of.end() ? none : own->second);
  }

  void add_backend(const std::string& backend, const Capabilities& capabilities) {
    if (capabilities.devices.empty()) return add_missing(backend, capabilities);
    for (const auto& device : devices_of(capabilities)) {
      const DeviceInfo* info = find_device(capabilities, device);
      for (const auto& precision : options_.precisions) add_precision(backend, device, info, precision);
    }
    if (!options_.int8) return;
    if (find_device(capabilities, kCpu) != nullptr) {
      add({.backend = backend, .device = kCpu, .precision = std::string(kInt8), .notes = {}, .failure = {}});
    } else {
      notes_.push_back(
          fmt::format("no int8 row for {}: int8 runs on the CPU, which it does not offer", backend));
    }
  }

  void add_missing(const std::string& backend, const Capabilities& capabilities) {
    const KnownBackend* known = find_known_backend(backend);
    const std::string usual = known == nullptr ? kCpu : std::string(known->usual_device);
    const bool is_chosen = !options_.devices.empty() && options_.devices.front() != kAllDevices;
    const std::string device = is_chosen ? options_.devices.front() : usual;
    const Failure failure{.kind = std::string(to_string(ErrorKind::Environment)),
                          .stage = Stage::Start,
                          .message = why_unusable(capabilities),
                          .stderr_tail = {}};
    for (const auto& precision : options_.precisions)
      add({.backend = backend, .device = device, .precision = precision, .notes = {}, .failure = failure});
    if (options_.int8 && usual == kCpu)
      add({.backend = backend,
           .device = kCpu,
           .precision = std::string(kInt8),
           .notes = {},
           .failure = failure});
  }

  // Those asked for, or the best: the first that is not the CPU, or the CPU.
  [[nodiscard]] std::vector<std::string> devices_of(const Capabilities& capabilities) const {
    std::vector<std::string> devices;
    for (const auto& asked : options_.devices) {
      if (asked != kAllDevices) {
        devices.push_back(asked);
        continue;
      }
      for (const auto& device : capabilities.devices) devices.push_back(device.id);
    }
    if (!devices.empty()) return devices;
    for (const auto& device : capabilities.devices) {
      if (device.id != kCpu) return {device.id};
    }
    return {capabilities.devices.front().id};
  }

  void add_precision(const std::string& backend, const std::string& device, const DeviceInfo* info,
                     const std::string& precision) {
    Target target{.backend = backend, .device = device, .precision = precision, .notes = {}, .failure = {}};
    if (precision == "fp16" && info != nullptr && !runs(*info, precision)) {
      target.precision = "fp32";
      target.notes.push_back(
          fmt::format("fp16 was asked for, but {} has none on {}: fp32 in its place", backend, device));
    }
    add(std::move(target));
  }

  // The same again is not measured again, but what there is to say about it is said.
  void add(Target target) {
    for (auto& known : targets_) {
      const bool is_same = known.backend == target.backend && known.device == target.device &&
                           known.precision == target.precision;
      if (!is_same) continue;
      known.notes.insert(known.notes.end(), target.notes.begin(), target.notes.end());
      return;
    }
    targets_.push_back(std::move(target));
  }

  const MatrixOptions& options_;
  const PlanSources& sources_;
  std::vector<Target> targets_;
  std::vector<std::string> notes_;
};

// The user's own --threads go before those of the file.
void apply(const Deployment& deployment, const MatrixOptions& options, Job& job) {
  job.target.quantization = deployment.quantization;
  if (options.run.threads == 0) job.target.threads = deployment.threads.value_or(0);
}

Job job_of(const MatrixOptions& options, const std::optional<Deployment>& deployment, const Target& target) {
  Job job = base_job(options.run);
  job.target.backend = target.backend;
  job.target.device = target.device;
  job.target.precision = target.precision;
  job.work.data = with_absolute_paths(options.encoder.data);
  if (deployment && job.target.precision == kInt8) apply(*deployment, options, job);
  if (const auto own = options.options_of.find(target.backend); own != options.options_of.end()) {
    for (const auto& [key, value] : own->second) job.target.options[key] = value;
  }
  return job;
}

std::string id_of(const Job& job, std::size_t number) {
  return fmt::format("{:04}_{}_{}_{}_{}_{}", number, file_name_part(job.work.model.name),
                     file_name_part(job.target.backend), id_part(job.work.axes),
                     file_name_part(job.target.precision), file_name_part(job.target.device));
}

}  // namespace

std::optional<Deployment> find_deployment(const MatrixOptions& options) {
  if (!options.int8) return std::nullopt;
  if (options.deployment) return read_deployment(absolute_path(*options.deployment));
  std::error_code error;
  if (!std::filesystem::exists(kUsualDeployment, error)) return std::nullopt;
  return read_deployment(absolute_path(kUsualDeployment));
}

MatrixPlan plan_matrix(const MatrixOptions& options, const std::vector<ModelRef>& models,
                       const std::optional<Deployment>& deployment, const PlanSources& sources) {
  Planner planner(options, sources);
  const std::vector<Target> targets = planner.targets();
  MatrixPlan plan{.rows = {}, .notes = planner.notes()};
  const auto runnable = std::count_if(targets.begin(), targets.end(),
                                      [](const Target& target) { return !target.failure.has_value(); });
  const bool takes_turns = options.order == RowOrder::Interleaved && runnable > 1;
  for (const auto& model : models) {
    for (const std::int64_t batch_size : options.batch_sizes) {
      for (const std::int64_t seq_length : options.seq_lengths) {
        for (const auto& target : targets) {
          PlannedRow row{
              .job = job_of(options, deployment, target), .notes = target.notes, .failure = target.failure};
          if (deployment && row.job.target.precision == kInt8)
            row.notes.insert(row.notes.end(), deployment->warnings.begin(), deployment->warnings.end());
          row.job.work.model = model;
          row.job.work.axes.set(Axis::Batch, batch_size);
          row.job.work.axes.set(Axis::Seq, seq_length);
          row.job.protocol.turns = takes_turns ? kTurns : 1;
          row.job.id = id_of(row.job, plan.rows.size() + 1);
          plan.rows.push_back(std::move(row));
        }
      }
    }
  }
  return plan;
}

}  // namespace medbench
