#include "campaign/references.hpp"

#include <cstdlib>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "job/result.hpp"
#include "runner/result_store.hpp"

namespace medbench {

namespace {

std::filesystem::path make_scratch_folder(const std::filesystem::path& parent) {
  std::string path = absolute_path((parent / ".outputs-XXXXXX").string());
  if (::mkdtemp(path.data()) == nullptr) {
    throw environment_error("cannot make a folder for outputs in {}: {}", parent.string(),
                            std::generic_category().message(errno));
  }
  return path;
}

class Listener final : public SilentObserver {
 public:
  explicit Listener(const std::function<void(const Event&)>& hear) : hear_(hear) {}
  void event(const Job& /*job*/, const Event& event) override { hear_(event); }

 private:
  const std::function<void(const Event&)>& hear_;
};

// The target is what a job has unless told otherwise: torch on the CPU in fp32.
// Texts without padding are compared with the same ones padded to the longest of their batch.
Workload reference_work(Workload work) {
  if (auto* text = std::get_if<TextData>(&work.data); text != nullptr && text->padding == Padding::None)
    text->padding = Padding::Longest;
  return work;
}

Job reference_job(const Job& job, std::string_view kind, std::size_t number) {
  Job reference;
  reference.work = reference_work(job.work);
  reference.target.threads = job.target.threads;
  reference.protocol.warmup_iterations = 0;
  reference.protocol.num_iterations = 1;
  reference.id = fmt::format("{}_{:04}_{}_{}", kind, number, file_name_part(job.work.model.name),
                             id_part(job.work.axes));
  return reference;
}

// Why a run is none.
std::string problem_of(const Result& result) {
  return fmt::format("there is no reference: {} ({}): {}", to_string(result.status),
                     to_string(result.failure ? result.failure->stage : Stage::Finish),
                     result.failure ? result.failure->message : "");
}

// All that the decisions hang on: the batch is not.
std::string key_of(const Job& job) {
  Workload work = job.work;
  work.data = RandomData{};
  work.axes.set(Axis::Batch, 1);
  return dump_line({to_json(work), job.protocol.evaluation->file, job.protocol.evaluation->hash});
}

}  // namespace

References::References(Settings settings, const WorkerOptions& worker)
    : settings_(std::move(settings)),
      worker_(worker),
      folder_(settings_.keep ? std::filesystem::path(absolute_path(settings_.folder.string()))
                             : make_scratch_folder(settings_.folder)) {}

References::~References() {
  std::error_code ignored;
  if (!settings_.keep) std::filesystem::remove_all(folder_, ignored);
}

ParityReference References::of(const Job& job) {
  const std::string key = dump_line(to_json(reference_work(job.work)));
  const auto known = references_.find(key);
  if (known != references_.end()) return known->second;
  settings_.say(fmt::format("computing the reference of {} {}: torch on the CPU in fp32",
                            printable(job.work.model.name), to_string(job.work.axes)));
  return references_.emplace(key, compute(job)).first->second;
}

Result References::run(const Job& reference, bool is_heard) const {
  if (is_heard) {
    Listener listener(settings_.hear);
    return run_job(reference, worker_, listener);
  }
  SilentObserver silent;
  return run_job(reference, worker_, silent);
}

ParityReference References::compute(const Job& job) const {
  Job reference = reference_job(job, "reference", references_.size() + 1);
  reference.protocol.save_outputs = (folder_ / (reference.id + ".safetensors")).string();
  const Result result = run(reference, false);
  if (result.status != Status::Ok) return {.file = {}, .missing = problem_of(result)};
  // The worker tells the name that was free.
  return {
      .file =
          find_string(result.details, "outputs_file", "result").value_or(*reference.protocol.save_outputs)};
}

Evaluation References::evaluation_of(const Job& job) {
  Evaluation evaluation = *job.protocol.evaluation;
  const std::string key = key_of(job);
  auto known = evaluations_.find(key);
  if (known == evaluations_.end()) {
    settings_.say(fmt::format("evaluating {} with {}: torch on the CPU in fp32, which rows are compared with",
                              printable(evaluation.file), printable(short_name(job.work.model))));
    known = evaluations_.emplace(key, evaluate(job)).first;
  }
  evaluation.decisions = known->second.decisions;
  evaluation.missing = known->second.missing;
  return evaluation;
}

Evaluation References::evaluate(const Job& job) const {
  Job reference = reference_job(job, "decisions", evaluations_.size() + 1);
  reference.work.data = RandomData{};
  Evaluation& own = reference.protocol.evaluation.emplace();
  own.file = job.protocol.evaluation->file;
  own.hash = job.protocol.evaluation->hash;
  own.save_decisions = (folder_ / (reference.id + ".safetensors")).string();
  const Result result = run(reference, true);
  Evaluation answer = own;
  if (result.status != Status::Ok) {
    answer.missing = problem_of(result);
    return answer;
  }
  const auto details = result.details.find(kEvaluationDetails);
  answer.decisions = own.save_decisions;
  if (details != result.details.end())
    answer.decisions = find_string(*details, "decisions_file", "result").value_or(own.save_decisions);
  return answer;
}

}  // namespace medbench
