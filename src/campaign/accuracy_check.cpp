#include "campaign/accuracy_check.hpp"

#include <cstdlib>
#include <system_error>

#include "accuracy/output_files.hpp"
#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "runner/result_store.hpp"

namespace medbench {

namespace {

constexpr const char* kReferenceBackend = "torch";
constexpr const char* kReferenceDevice = "cpu";
constexpr const char* kReferencePrecision = "fp32";

class Silent final : public RunObserver {
 public:
  void job_started(const Job& /*job*/, std::size_t /*index*/, std::size_t /*count*/) override {}
  void event(const Job& /*job*/, const Event& /*event*/) override {}
  void job_finished(const Result& /*result*/) override {}
};

// The job that gives the outputs to compare with.
Job reference_job(const Job& job) {
  Job reference = job;
  reference.target.backend = kReferenceBackend;
  reference.target.device = kReferenceDevice;
  reference.target.precision = kReferencePrecision;
  reference.protocol.warmup_iterations = 0;
  reference.protocol.num_iterations = 1;
  reference.protocol.turns = 1;
  reference.target.quantization.reset();
  reference.target.options.clear();
  reference.protocol.save_outputs.reset();
  reference.id.clear();
  return reference;
}

// Jobs of one key share a reference: the number of threads changes the order of sums, not the answer.
std::string reference_key(const Job& job) {
  Job reference = reference_job(job);
  reference.target.threads = 0;
  return dump_line(to_json(reference));
}

std::filesystem::path make_scratch_folder(const std::filesystem::path& parent) {
  std::string path = absolute_path((parent / ".outputs-XXXXXX").string());
  if (::mkdtemp(path.data()) == nullptr) {
    throw environment_error("cannot make a folder for outputs in {}: {}", parent.string(),
                            std::generic_category().message(errno));
  }
  return path;
}

}  // namespace

AccuracyCheck::AccuracyCheck(Settings settings, const WorkerOptions& worker)
    : settings_(std::move(settings)),
      worker_(worker),
      folder_(settings_.keep ? std::filesystem::path(absolute_path(settings_.keep->string()))
                             : make_scratch_folder(settings_.folder)) {}

AccuracyCheck::~AccuracyCheck() {
  std::error_code ignored;
  if (!settings_.keep) std::filesystem::remove_all(folder_, ignored);
}

std::string AccuracyCheck::outputs_of(const Job& job) const {
  return (folder_ / (job.id + ".safetensors")).string();
}

void AccuracyCheck::prepare(const Job& job) {
  const std::string key = reference_key(job);
  if (references_.contains(key)) return;
  settings_.say(fmt::format("computing the reference of {} {}: torch on the CPU in fp32",
                            printable(job.work.model.name), to_string(job.work.axes)));
  references_.emplace(key, compute(job, references_.size() + 1));
}

AccuracyCheck::Reference AccuracyCheck::compute(const Job& job, std::size_t number) const {
  Job reference = reference_job(job);
  reference.id = fmt::format("reference_{:04}_{}_{}", number, file_name_part(job.work.model.name),
                             id_part(job.work.axes));
  reference.protocol.save_outputs = outputs_of(reference);
  Silent silent;
  const Result result = run_job(reference, worker_, silent);
  if (result.status != Status::Ok) {
    return {.outputs = {},
            .reason = fmt::format("there is no reference: {} ({}): {}", to_string(result.status),
                                  result.failure ? to_string(result.failure->stage) : "finish",
                                  result.failure ? result.failure->message : "")};
  }
  // The worker tells the name that was free.
  return {
      .outputs =
          find_string(result.details, "outputs_file", "result").value_or(*reference.protocol.save_outputs),
      .reason = {}};
}

std::string AccuracyCheck::compare(Result& result) const {
  // Its outputs were looked at, or could not be written.
  if (result.failure) return result.failure->message;
  const auto reference = references_.find(reference_key(result.job));
  if (reference == references_.end()) return "there is no reference";
  if (!reference->second.reason.empty()) return reference->second.reason;
  const auto outputs = find_string(result.details, "outputs_file", "result");
  if (!outputs) return "the worker left no outputs";
  const ParityCheck check = compare_output_files(reference->second.outputs, *outputs);
  if (check.parity) fill_accuracy_metrics(result.metrics, *check.parity);
  return check.reason;
}

void AccuracyCheck::complete(Result& result) {
  const bool is_measured = !result.samples_ms.empty();
  if (is_measured) result.acc_error = compare(result);
  if (is_measured && !result.acc_error.empty() && result.status == Status::Ok) {
    result.status = Status::AccError;
    result.failure =
        Failure{.kind = "accuracy", .stage = Stage::Finish, .message = result.acc_error, .stderr_tail = {}};
  }
  if (settings_.keep) return;
  std::error_code ignored;
  if (const auto outputs = find_string(result.details, "outputs_file", "result"))
    std::filesystem::remove(*outputs, ignored);
  result.job.protocol.save_outputs.reset();
  result.details.erase("outputs_file");
}

}  // namespace medbench
