// `medbench medical`: latency and memory of a text encoder over batch sizes and sequence lengths. All that
// can be checked is checked before the first worker starts.
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "campaign/plan.hpp"
#include "medbench/backends.hpp"
#include "medbench/commands.hpp"
#include "medbench/device_choice.hpp"
#include "medbench/medical_options.hpp"
#include "medbench/output.hpp"
#include "medbench/session.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

// Unlike a matrix, a run of one backend is nothing without it.
void check_backend(const MedicalOptions& options) {
  const WorkerOptions& worker = options.run.worker;
  check_backend_name(options.backend, worker);
  if (!worker.launcher.empty() || is_installed(options.backend, worker)) return;
  throw environment_error("--backend {}: its worker is not in {}; {}", options.backend,
                          worker.libexec.string(), find_known_backend(options.backend)->when_missing);
}

std::vector<Job> plan(const MedicalOptions& options, const ModelRef& model, const std::string& device) {
  Job base = base_job(options.run);
  base.target.backend = options.backend;
  base.target.device = device;
  base.target.precision = options.precision;
  base.work.model = model;
  base.work.data = with_absolute_paths(options.encoder.data);
  auto jobs = plan_jobs(base, options.batch_sizes, options.seq_lengths);
  if (!options.run.save_outputs) return jobs;
  for (auto& job : jobs)
    job.protocol.save_outputs = absolute_path(*options.run.save_outputs + "/" + job.id + ".safetensors");
  return jobs;
}

}  // namespace

int run_medical(std::span<const std::string> arguments) {
  const MedicalOptions options = parse_medical_options(arguments);
  const ResolvedModel model =
      check_encoder(options.model, options.encoder, static_cast<std::uint64_t>(options.run.seed),
                    options.seq_lengths, {.model = "--model", .seq_length = "--seq-lengths"});
  check_backend(options);
  ensure_writable_directory(options.run.output_dir);
  if (options.run.save_outputs) ensure_writable_directory(*options.run.save_outputs);

  const InterruptGuard guard;
  const DeviceChoice device = choose_device(options.device, cuda_device_node_exists(), [&] {
    return describe_backend(options.backend, options.run.worker);
  });
  SessionSettings settings{.command = "medical"};
  for (const std::string& note : {model.note, device.note}) {
    if (note.empty()) continue;
    settings.notes.push_back(note);
    if (!options.run.quiet) print_information(note);
  }
  const auto jobs = plan(options, model.reference, device.device);
  Session session(settings, options.run);
  session.run(jobs);
  print_output(session.report());
  return session.exit_code(jobs.size());
}

}  // namespace medbench
