// `medbench medical`: latency and memory of a text encoder over batch sizes and sequence lengths. All that
// can be checked is checked before the first worker starts.
#include <algorithm>
#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/inputs.hpp"
#include "medbench/commands.hpp"
#include "medbench/device_choice.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/medical_options.hpp"
#include "medbench/output.hpp"
#include "medbench/session.hpp"
#include "models/model.hpp"
#include "runner/interrupt.hpp"
#include "runner/plan.hpp"

namespace medbench {

namespace {

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

void check_lengths(const MedicalOptions& options, const Model& model) {
  for (const std::int64_t length : options.seq_lengths) {
    if (length > model.limits.max_positions) {
      throw usage_error("--seq-lengths {}: {} has {} positions; give at most that many", length,
                        printable(options.model), model.limits.max_positions);
    }
  }
}

// Reads the whole file, finds the tokenizer and makes one small input, so that what is wrong shows before a
// worker starts.
void check_text(const MedicalOptions& options, const ModelRef& reference, const Model& model) {
  if (!reference.folder) {
    throw usage_error(
        "--text: {} runs with synthetic weights here and so has no tokenizer; give --model a folder with one",
        printable(options.model));
  }
  const EncoderLimits limits{.vocab_size = model.limits.vocab_size, .token_types = model.limits.token_types};
  const auto shortest = *std::min_element(options.seq_lengths.begin(), options.seq_lengths.end());
  text_inputs(*options.text, *reference.folder, limits, 1, shortest, 1);
}

ResolvedModel check_model(const MedicalOptions& options) {
  ResolvedModel resolved = resolve_model(options.model, options.weights);
  const Model model = load_model(resolved.reference, static_cast<std::uint64_t>(options.run.seed));
  check_lengths(options, model);
  if (options.text) check_text(options, resolved.reference, model);
  return resolved;
}

Job base_job(const MedicalOptions& options, const ModelRef& model, const std::string& device) {
  Job job;
  job.backend = options.run.backend;
  job.device = device;
  job.precision = options.run.precision;
  job.model = model;
  job.warmup_iterations = options.run.warmup_iterations;
  job.num_iterations = options.run.num_iterations;
  job.time_budget_s = options.run.time_budget_s;
  job.seed = static_cast<std::uint64_t>(options.run.seed);
  job.threads = options.run.threads;
  job.timed_region = options.run.timed_region;
  job.text = options.text;
  if (job.text) job.text->file = absolute(job.text->file);
  job.options = options.run.backend_options;
  return job;
}

std::vector<Job> plan(const MedicalOptions& options, const Job& base) {
  auto jobs = plan_jobs(base, options.batch_sizes, options.seq_lengths);
  if (!options.run.save_outputs) return jobs;
  for (auto& job : jobs)
    job.save_outputs = absolute(*options.run.save_outputs + "/" + job.id + ".safetensors");
  return jobs;
}

}  // namespace

int run_medical(std::span<const std::string> arguments) {
  const MedicalOptions options = parse_medical_options(arguments);
  const ResolvedModel model = check_model(options);
  check_backend(options.run);
  ensure_writable_directory(options.run.output_dir);
  if (options.run.save_outputs) ensure_writable_directory(*options.run.save_outputs);

  const InterruptGuard guard;
  const DeviceChoice device = choose_device(options.run.device, cuda_device_node_exists(), [&] {
    return describe_backend(options.run.backend, options.run.worker);
  });
  SessionPlan session{.command = "medical",
                      .jobs = plan(options, base_job(options, model.reference, device.device)),
                      .notes = {}};
  for (const std::string& note : {model.note, device.note}) {
    if (note.empty()) continue;
    session.notes.push_back(note);
    if (!options.run.quiet) print_information(note);
  }
  return run_session(session, options.run);
}

}  // namespace medbench
