#include <algorithm>

#include "base/utc.hpp"
#include "runner/interrupt.hpp"
#include "runner/oom.hpp"
#include "runner/runner.hpp"
#include "runner/verdict.hpp"
#include "runner/worker_process.hpp"

namespace medbench {

namespace {

using Clock = WorkerProcess::Clock;
using std::chrono::milliseconds;

constexpr milliseconds kForever = std::chrono::hours{24 * 365};  // more would overflow the clock
constexpr std::size_t kMostNotes = 50;                           // kept for the row of a job that fails later
constexpr std::size_t kLongestMessage = 500;
constexpr std::string_view kInterrupted = "interrupted";

void make_printable(Failure& failure) {
  failure.message = printable(failure.message, kLongestMessage);
}

Clock::time_point after(milliseconds limit) {
  return Clock::now() + std::min(limit, kForever);
}

// One worker from its start to its end. The events drive the stage and its deadline; the last event, or
// whatever else ended the worker, gives the result.
class JobRun {
 public:
  JobRun(const Job& job, const WorkerOptions& options, RunObserver& observer)
      : job_(job), options_(options), observer_(observer), lines_(options.output.line, options.output.total) {
    result_.job = job;
    result_.device = job.device;
    result_.model_type = job.model.name;
    result_.started_at = utc_now();
  }

  Result run() {
    try {
      WorkerProcess worker(job_.backend, "run", dump_line(to_json(job_)) + "\n", options_);
      enter(Stage::Start);
      while (!over_) step(worker);
      if (result_.failure && result_.failure->stderr_tail.empty()) {
        result_.failure->stderr_tail = worker.stderr_tail();
      }
    } catch (const SpawnError& error) {
      conclude(verdict_of_spawn(error, job_.backend, options_));
    }
    return std::move(result_);
  }

 private:
  void step(WorkerProcess& worker) {
    std::string bytes;
    switch (worker.wait(deadline_, bytes)) {
      case WorkerProcess::Wake::Output:
        if (!answered_) take_output(bytes);
        // A worker that never stops talking must not outlive its limit.
        if (!over_ && Clock::now() >= deadline_) out_of_time();
        break;
      case WorkerProcess::Wake::Exited:
        ended(worker.exit_status());
        return;
      case WorkerProcess::Wake::Deadline:
        out_of_time();
        break;
      case WorkerProcess::Wake::Interrupted:
        interrupt();
        break;
    }
    if (over_) worker.stop(options_.grace);
  }

  void enter(Stage stage) {
    stage_ = stage;
    deadline_ = after(limit_of(stage, options_.limits));
  }

  void conclude(Verdict verdict) {
    result_.status = verdict.status;
    result_.failure = std::move(verdict.failure);
    over_ = true;
  }

  void answer() {
    answered_ = true;
    deadline_ = after(options_.grace);
  }

  void broke_protocol(std::string_view what) { conclude(verdict_of_protocol(stage_, what, job_.backend)); }

  void out_of_time() {
    over_ = true;
    if (answered_) {
      result_.notes.push_back(
          fmt::format("worker-{} did not end within {} ms after its last event and was killed", job_.backend,
                      options_.grace.count()));
    } else {
      conclude(verdict_of_timeout(stage_, limit_of(stage_, options_.limits), job_.backend));
    }
  }

  void interrupt() {
    over_ = true;
    if (answered_) return;
    conclude({Status::Failed, Failure{.kind = std::string(kInterrupted),
                                      .stage = stage_,
                                      .message = fmt::format("interrupted during {}", to_string(stage_)),
                                      .stderr_tail = {}}});
  }

  void take_output(std::string_view bytes) {
    lines_.append(bytes);
    while (!answered_ && !over_) {
      std::string defect;
      const auto event = next_event(defect);
      if (!defect.empty()) return broke_protocol(defect);
      if (!event) return;
      take(*event);
    }
  }

  // Nothing when there is no whole line yet, or when it makes no sense: then `defect` says why.
  std::optional<Event> next_event(std::string& defect, bool at_end = false) {
    std::optional<std::string> line;
    try {
      line = at_end ? lines_.rest() : lines_.next();
      if (line) return decode_event(*line);
    } catch (const std::exception& error) {
      defect = error.what();
      if (line) defect += fmt::format(" in the line \"{}\"", printable(*line, 80));
    }
    return std::nullopt;
  }

  void ended(const ExitStatus& exit) {
    const bool cleanly = exit == ExitStatus{ExitStatus::Kind::Exited, 0};
    std::string defect;
    if (!answered_ && !over_) {
      const auto event = next_event(defect, true);
      if (event) take(*event);
    }
    if (over_) return;
    over_ = true;
    if (answered_) {
      if (!cleanly) {
        result_.notes.push_back(
            fmt::format("worker-{} ended with {} after its last event", job_.backend, to_string(exit)));
      }
      return;
    }
    // Half a line is the trace of a crash, not the cause.
    if (cleanly && !defect.empty()) return broke_protocol(defect);
    const bool oom_counted = oom_kill_count() > oom_before_;
    conclude(verdict_of_ending({.exit = exit, .stage = stage_, .oom_counted = oom_counted}, job_.backend,
                               options_));
  }

  void take(const Event& event) {
    std::visit([this](const auto& alternative) { accept(alternative); }, event);
    if (!over_) observer_.event(job_, event);
  }

  void accept(const StageEvent& event) {
    // Going back would renew the limits for ever.
    if (event.stage < stage_) {
      return broke_protocol(fmt::format("it went back to the stage {}", to_string(event.stage)));
    }
    if (event.stage > stage_) enter(event.stage);
  }

  void accept(const ProgressEvent&) {}

  void accept(const NoteEvent& event) {
    if (result_.notes.size() < kMostNotes) result_.notes.push_back(printable(event.text, kLongestMessage));
  }

  void accept(const ResultEvent& event) {
    if (const auto lie = find_lie(event.result, job_)) return broke_protocol(*lie);
    const std::string started_at = result_.started_at;
    result_ = event.result;
    if (result_.device.empty()) result_.device = job_.device;
    if (result_.started_at.empty()) result_.started_at = started_at;
    if (result_.failure) make_printable(*result_.failure);
    answer();
  }

  void accept(const ErrorEvent& event) {
    result_.status = event.status;
    result_.failure = event.failure;
    make_printable(*result_.failure);
    answer();
  }

  const Job& job_;
  const WorkerOptions& options_;
  RunObserver& observer_;
  LineReader lines_;
  Result result_;
  Stage stage_ = Stage::Start;
  Clock::time_point deadline_;
  bool answered_ = false;  // the last event has come; only the worker's end is awaited
  bool over_ = false;
  std::optional<std::int64_t> oom_before_ = oom_kill_count();
};

}  // namespace

Result run_job(const Job& job, const WorkerOptions& options, RunObserver& observer) {
  return JobRun(job, options, observer).run();
}

std::vector<Result> run_jobs(const std::vector<Job>& jobs, const WorkerOptions& options,
                             RunObserver& observer) {
  std::vector<Result> results;
  for (std::size_t index = 0; index < jobs.size() && !interrupted(); ++index) {
    observer.job_started(jobs[index], index, jobs.size());
    Result result = run_job(jobs[index], options, observer);
    if (result.failure && result.failure->kind == kInterrupted) break;
    observer.job_finished(result);
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace medbench
