#include "medbench/planning.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "campaign/backends.hpp"
#include "campaign/deployment_file.hpp"
#include "machine/thread_variables.hpp"
#include "medbench/cuda_node.hpp"
#include "medbench/evaluation_options.hpp"
#include "medbench/runtime_options.hpp"
#include "medbench/text_options.hpp"

namespace medbench {

namespace {

// Unlike a matrix, a run of one backend is nothing without it.
void require_worker(const std::string& backend, const WorkerOptions& worker) {
  if (backend == kAutoBackend || !worker.launcher.empty() || is_installed(backend, worker)) return;
  throw environment_error("--backend {}: its worker is not in {}; {}", backend, worker.libexec.string(),
                          find_known_backend(backend)->when_missing);
}

void check_backends(const Program& program, const MeasureOptions& options) {
  for (const auto& backend : options.backends) {
    if (backend != kAutoBackend) check_backend_name(backend, options.run.worker);
    if (program.wants_every_row) require_worker(backend, options.run.worker);
  }
}

// CUDA if a card is seen, for programs that run anyhow; else the best of each backend.
std::vector<std::string> devices_of(const Program& program, const MeasureOptions& options) {
  const bool is_plain = program.wants_every_row && options.devices.empty() && !cuda_device_node_exists();
  const bool on_cpu = std::all_of(options.backends.begin(), options.backends.end(), [](const auto& backend) {
    const KnownBackend* known = find_known_backend(backend);
    return known != nullptr && known->usual_device == "cpu";
  });
  return is_plain && on_cpu ? std::vector<std::string>{"cpu"} : options.devices;
}

// Engines of TensorRT are kept beside the results, unless the user says where, or results have no folder.
void add_engine_cache(const MeasureOptions& options, PlanSettings& settings) {
  const bool is_measured = std::ranges::any_of(options.backends, [](const std::string& backend) {
    return backend == kAutoBackend || backend == kTensorRtBackend;
  });
  if (!is_measured || options.out || options.run.backend_options.contains(kEngineCacheOption)) return;
  const std::string& folder = options.resume ? *options.resume : options.run.output_dir;
  settings.options_of[std::string(kTensorRtBackend)].emplace(kEngineCacheOption,
                                                             absolute_path(folder + "/trt_cache"));
}

Plan bare_plan(const Program& program, const MeasureOptions& options, const Checked& checked) {
  const WorkerOptions& worker = options.run.worker;
  export_library_variables(options.options_of);
  std::vector<PlannedModel> models;
  for (const CheckedModel& model : checked.models) models.push_back(model.planned);
  PlanSettings settings{.models = std::move(models),
                        .backends = options.backends,
                        .devices = devices_of(program, options),
                        .precisions = options.precisions,
                        .int8 = options.int8,
                        .int8_methods = options.int8_methods,
                        .deployment = checked.deployment,
                        .paddings = options.work.paddings,
                        .options_of = options.options_of,
                        .interleaved = options.interleaved,
                        .falls_back_to_cpu = program.wants_every_row,
                        .base = base_job(options.run)};
  settings.base.work.data = settled(options.work.data);
  if (options.work.evaluate) settings.base.protocol.evaluation = settled_evaluation(*options.work.evaluate);
  add_engine_cache(options, settings);
  const std::map<std::string, std::string> none;
  return make_plan(settings,
                   {.is_installed =
                        [&](const std::string& backend) {
                          return !worker.launcher.empty() || is_installed(backend, worker);
                        },
                    .describe =
                        [&](const std::string& backend) {
                          Capabilities answer = describe_backend(backend, worker);
                          if (!answer.devices.empty() && answer.reason.empty() && !cuda_device_node_exists())
                            answer.reason = "no NVIDIA device is seen on this machine";
                          return answer;
                        },
                    .is_named =
                        [&](std::string_view backend) {
                          const auto own = options.options_of.find(std::string(backend));
                          return names_runtime(backend, own == options.options_of.end() ? none : own->second);
                        }});
}

}  // namespace

Checked check_options(const Program& program, const MeasureOptions& options, ModelDownload& download) {
  Checked checked;
  const FetchModel fetch = [&](const std::string& hub_id, const std::string& revision) {
    if (options.dry_run) throw usage_error("this is a plan alone; a run downloads it");
    download.fetch(hub_id, revision);
  };
  checked.models =
      check_models(options.work, static_cast<std::uint64_t>(options.run.seed), program.names, fetch);
  check_backends(program, options);
  const auto share = options.run.worker.libexec / ".." / ".." / "share" / "medbench";
  checked.deployment = find_deployment(options.int8, options.deployment, share);
  if (options.test_accuracy) checked.classification = test_classification(options.dataset_csv, share);
  return checked;
}

Plan plan_rows(const Program& program, const MeasureOptions& options, const Checked& checked) {
  Plan plan = bare_plan(program, options, checked);
  std::set<std::string> told;  // several models may have the same texts
  for (const CheckedModel& model : checked.models) {
    for (const std::string& use : {model.texts, model.evaluation}) {
      if (!use.empty() && told.insert(use).second) plan.notes.push_back(use);
    }
  }
  for (const CheckedModel& model : checked.models) {
    plan.notes.insert(plan.notes.end(), model.notes.begin(), model.notes.end());
    for (auto& row : plan.rows) {
      if (row.job.work.model.name == model.planned.reference.name)
        row.notes.insert(row.notes.begin(), model.notes.begin(), model.notes.end());
    }
  }
  if (const std::string variables = variables_of_thread_counts(); !variables.empty()) {
    plan.notes.push_back(fmt::format("{}: left out for the workers, --threads says how many threads run",
                                     printable(variables)));
  }
  return plan;
}

}  // namespace medbench
