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
  const std::string key = dump_line(to_json(job.work));
  const auto known = references_.find(key);
  if (known != references_.end()) return known->second;
  settings_.say(fmt::format("computing the reference of {} {}: torch on the CPU in fp32",
                            printable(job.work.model.name), to_string(job.work.axes)));
  return references_.emplace(key, compute(job)).first->second;
}

ParityReference References::compute(const Job& job) const {
  Job reference;
  reference.work = job.work;
  // The target is what a job has unless told otherwise: torch on the CPU in fp32.
  reference.target.threads = job.target.threads;
  reference.protocol.warmup_iterations = 0;
  reference.protocol.num_iterations = 1;
  reference.id = fmt::format("reference_{:04}_{}_{}", references_.size() + 1,
                             file_name_part(job.work.model.name), id_part(job.work.axes));
  reference.protocol.save_outputs = (folder_ / (reference.id + ".safetensors")).string();
  SilentObserver silent;
  const Result result = run_job(reference, worker_, silent);
  if (result.status != Status::Ok) {
    return {.file = {},
            .missing = fmt::format("there is no reference: {} ({}): {}", to_string(result.status),
                                   to_string(result.failure ? result.failure->stage : Stage::Finish),
                                   result.failure ? result.failure->message : "")};
  }
  // The worker tells the name that was free.
  return {
      .file =
          find_string(result.details, "outputs_file", "result").value_or(*reference.protocol.save_outputs)};
}

}  // namespace medbench
