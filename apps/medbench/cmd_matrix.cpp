// `medbench matrix`: the same forward passes over backends, devices and precisions, in a form that can be
// compared.
#include <algorithm>
#include <map>
#include <memory>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/utc.hpp"
#include "campaign/plan_record.hpp"
#include "machine/machine.hpp"
#include "medbench/accuracy_check.hpp"
#include "medbench/commands.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/matrix_folder.hpp"
#include "medbench/matrix_options.hpp"
#include "medbench/matrix_plan.hpp"
#include "medbench/output.hpp"
#include "medbench/runtime_options.hpp"
#include "medbench/session.hpp"
#include "report/fastest.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

struct CheckedModels {
  std::vector<ModelRef> references;
  std::map<std::string, std::string> notes;  // by the name that was asked for
};

CheckedModels check_models(const MatrixOptions& options) {
  CheckedModels checked;
  for (const auto& name : options.models) {
    ResolvedModel model =
        check_encoder(name, options.encoder, static_cast<std::uint64_t>(options.run.seed),
                      options.seq_lengths, {.model = "--models", .seq_length = "--seq-length"});
    checked.references.push_back(std::move(model.reference));
    if (!model.note.empty()) checked.notes[name] = std::move(model.note);
  }
  return checked;
}

MatrixPlan make_plan(const MatrixOptions& options, const std::vector<ModelRef>& models,
                     const std::optional<Deployment>& deployment) {
  const WorkerOptions& worker = options.run.worker;
  for (const auto& backend : options.backends) {
    if (backend != kAutoBackend) check_backend_name(backend, worker);
  }
  export_library_variables(options.options_of);
  return plan_matrix(
      options, models, deployment,
      {.is_installed =
           [&](const std::string& backend) {
             return !worker.launcher.empty() || is_installed(backend, worker);
           },
       .describe = [&](const std::string& backend) { return describe_backend(backend, worker); }});
}

Json plan_of(const MatrixOptions& options, const MatrixPlan& plan, const MachineProfile& machine) {
  std::vector<Job> jobs;
  for (const auto& row : plan.rows) jobs.push_back(row.job);
  return plan_record(jobs, {{"medbench_version", MEDBENCH_VERSION},
                            {"processor", machine.cpu_model},
                            {"acc_check", options.acc_check}});
}

Result row_that_cannot_run(const PlannedRow& row) {
  Result result;
  result.job = row.job;
  result.device = row.job.target.device;
  result.model_type = row.job.work.model.name;
  result.started_at = utc_now();
  result.status = Status::LoadError;
  result.failure = row.failure;
  return result;
}

// A whole measurement, with its accuracy where that is asked for.
bool is_finished(const Result& result, const MatrixOptions& options) {
  return result.status == Status::Ok && result.stop_rule != kStoppedEarly &&
         (!options.acc_check || result.metrics.get("acc_cosine").has_value());
}

class Matrix {
 public:
  Matrix(const MatrixOptions& options, MatrixPlan plan)
      : options_(options), plan_(std::move(plan)), folder_(options.run.output_dir) {
    settings_.command = MatrixFolder::kCommand;
    for (const auto& row : plan_.rows) settings_.job_notes[row.job.id] = row.notes;
    settings_.before_job = [this](const Job& job) {
      if (accuracy_) accuracy_->prepare(job);
    };
    settings_.complete = [this](Result& result) {
      if (accuracy_) accuracy_->complete(result);
    };
    settings_.after_save = [this](const Result& /*result*/) { summarize(); };
    session_ = std::make_unique<Session>(settings_, options_.run);
    prepare_outputs();
  }

  int run() {
    const MachineProfile machine = read_machine_profile();
    const Json record = plan_of(options_, plan_, machine);
    if (options_.resume) adopt_finished();
    folder_.record_plan(record);
    for (const auto& row : plan_.rows) {
      if (row.failure && !interrupted()) session_->add(row_that_cannot_run(row));
    }
    session_->run(remaining_);
    return report();
  }

 private:
  void prepare_outputs() {
    const auto& keep = options_.run.save_outputs;
    if (keep) ensure_writable_directory(*keep);
    if (options_.acc_check) {
      accuracy_ = std::make_unique<AccuracyCheck>(
          AccuracyCheck::Settings{.folder = options_.run.output_dir,
                                  .keep = keep ? std::optional<std::filesystem::path>(*keep) : std::nullopt,
                                  .say = [this](const std::string& text) { session_->say(text); }},
          options_.run.worker);
    }
    for (auto& row : plan_.rows) {
      if (row.failure) continue;
      if (accuracy_) {
        row.job.protocol.save_outputs = accuracy_->outputs_of(row.job);
      } else if (keep) {
        row.job.protocol.save_outputs = absolute_path(*keep + "/" + row.job.id + ".safetensors");
      }
      remaining_.push_back(row.job);
    }
  }

  // The newest whole result of each row of the plan is not measured again.
  void adopt_finished() {
    auto results = folder_.read_results();
    std::reverse(results.begin(), results.end());
    std::vector<Job> left;
    for (const auto& job : remaining_) {
      const auto found = std::find_if(results.begin(), results.end(), [&](const Result& result) {
        return is_finished(result, options_) && job_identity(result.job) == job_identity(job);
      });
      if (found == results.end()) {
        left.push_back(job);
        continue;
      }
      Result finished = *found;
      finished.job.id = job.id;
      session_->adopt(std::move(finished));
    }
    if (!options_.run.quiet) {
      print_information(fmt::format("{} of {} rows are finished already", remaining_.size() - left.size(),
                                    plan_.rows.size()));
    }
    remaining_ = std::move(left);
  }

  void summarize() {
    folder_.rewrite_summaries();
    if (options_.run.quiet) return;
    for (const auto& complaint : folder_.take_complaints()) session_->say(complaint);
  }

  int report() {
    session_->sort([](const Result& a, const Result& b) { return a.job.id < b.job.id; });
    std::string text = session_->report();
    if (!options_.run.quiet && !options_.run.json) {
      text +=
          fmt::format("  {}\n\n{}", (std::filesystem::path(options_.run.output_dir) / "summary.md").string(),
                      render_fastest(session_->results()));
    }
    print_output(text);
    return session_->exit_code(plan_.rows.size(), [this](const Result& result) { return is_good(result); });
  }

  // What is merely not here is no failure of the run, unless the user says so or named it.
  [[nodiscard]] bool is_good(const Result& result) const {
    if (options_.strict) return result.status == Status::Ok && parity_holds(result).value_or(true);
    if (result.status == Status::LoadError) return !names_runtime(result.job.target.backend, result.job.target.options);
    return result.status == Status::Ok || result.status == Status::Unsupported;
  }

  const MatrixOptions& options_;
  MatrixPlan plan_;
  MatrixFolder folder_;
  SessionSettings settings_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<AccuracyCheck> accuracy_;
  std::vector<Job> remaining_;
};

}  // namespace

int run_matrix(std::span<const std::string> arguments) {
  MatrixOptions options = parse_matrix_options(arguments);
  if (options.resume) MatrixFolder(*options.resume).require_plans();
  const CheckedModels models = check_models(options);
  const std::optional<Deployment> deployment = find_deployment(options);
  options.run.output_dir =
      options.resume ? *options.resume : matrix_folder_of_today(options.run.output_dir).string();
  options.run.worker.parking.available_mb = [] { return read_machine_profile().memory_available_mb; };

  const InterruptGuard guard;
  MatrixPlan plan = make_plan(options, models.references, deployment);
  if (interrupted()) return kExitSignalBase + interrupt_signal();
  if (options.resume)
    MatrixFolder(*options.resume).require_plan(plan_of(options, plan, read_machine_profile()));
  if (!options.run.quiet) {
    for (const auto& [name, note] : models.notes) print_information(note);
    for (const auto& note : plan.notes) print_information(note);
    if (deployment) {
      for (const auto& warning : deployment->warnings) print_information(warning);
    }
  }
  for (auto& row : plan.rows) {
    const auto note = models.notes.find(row.job.work.model.name);
    if (note != models.notes.end()) row.notes.insert(row.notes.begin(), note->second);
  }
  return Matrix(options, std::move(plan)).run();
}

}  // namespace medbench
