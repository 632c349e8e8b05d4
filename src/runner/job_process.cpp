#include "runner/job_process.hpp"

#include <algorithm>
#include <fstream>
#include <unistd.h>

#include "base/utc.hpp"

namespace medbench {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostNotes = 50;  // kept for the row of a job that fails later
constexpr std::size_t kLongestMessage = 500;
constexpr std::string_view kInterrupted = "interrupted";

void make_printable(Failure& failure) {
  failure.message = printable(failure.message, kLongestMessage);
}

WorkerProcess::Clock::time_point after(milliseconds limit) {
  return WorkerProcess::Clock::now() + std::min(limit, JobProcess::kForever);
}

}  // namespace

JobProcess::JobProcess(const Job& job, const WorkerOptions& options, RunObserver& observer)
    : job_(job), options_(options), observer_(observer), lines_(options.output.line, options.output.total) {
  result_.job = job;
  result_.device = job.target.device;
  result_.model_type = job.work.model.name;
  result_.started_at = utc_now();
}

JobProcess::Halt JobProcess::run(milliseconds patience) {
  if (parked_) {
    parked_ = false;
    worker_->send(std::string(kGoOn) + "\n");
    enter(Stage::Warmup);
    take_output({});
  } else {
    start(patience);
  }
  listen();
  if (is_put_off_) return Halt::PutOff;
  return over_ ? Halt::Over : Halt::Parked;
}

void JobProcess::start(milliseconds patience) {
  try {
    const auto input = job_.protocol.turn ? WorkerProcess::Input::StaysOpen : WorkerProcess::Input::Closes;
    worker_ = std::make_unique<WorkerProcess>(job_.target.backend, "run", dump_line(to_json(job_)) + "\n",
                                              options_, input);
    enter(Stage::Start);
    may_be_put_off_ = patience < kForever;
    deadline_ = std::min(deadline_, after(patience));
  } catch (const SpawnError& error) {
    conclude(conclusion_of_spawn(error, job_.target.backend, options_));
  } catch (const Error& error) {  // no pipes
    conclude({Status::Failed,
              {.kind = std::string(to_string(error.kind())),
               .stage = Stage::Start,
               .message = error.what(),
               .stderr_tail = {}}});
  }
}

void JobProcess::listen() {
  while (!over_ && !parked_) step();
  if (over_ && worker_ && result_.failure && result_.failure->stderr_tail.empty())
    result_.failure->stderr_tail = worker_->stderr_tail();
}

void JobProcess::finish_early() {
  if (!parked_) return;
  parked_ = false;
  stopped_early_ = true;
  worker_->forgive_interruption();
  worker_->close_input();
  stage_ = Stage::Warmup;
  deadline_ = after(options_.grace);
  take_output({});
  listen();
}

double JobProcess::resident_mb() const {
  if (!worker_) return 0;
  std::ifstream file(fmt::format("/proc/{}/statm", worker_->pid()));
  std::int64_t size = 0;
  std::int64_t resident = 0;  // both in pages
  if (!(file >> size >> resident)) return 0;
  constexpr double kMiB = 1 << 20;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / kMiB;
}

bool JobProcess::was_interrupted() const {
  return result_.failure && result_.failure->kind == kInterrupted;
}

void JobProcess::step() {
  std::string bytes;
  switch (worker_->wait(deadline_, bytes)) {
    case WorkerProcess::Wake::Output:
      if (!answered_) take_output(bytes);
      // A worker that never stops talking must not outlive its limit.
      if (!over_ && Clock::now() >= deadline_) out_of_time();
      break;
    case WorkerProcess::Wake::Exited:
      ended(worker_->exit_status());
      return;
    case WorkerProcess::Wake::Deadline:
      out_of_time();
      break;
    case WorkerProcess::Wake::Interrupted:
      interrupt();
      break;
  }
  if (over_) worker_->stop(options_.grace);
}

void JobProcess::enter(Stage stage) {
  stage_ = stage;
  deadline_ = after(limit_of(stage, options_.limits));
}

void JobProcess::conclude(Conclusion conclusion) {
  result_.status = conclusion.status;
  result_.failure = std::move(conclusion.failure);
  describe_samples();
  over_ = true;
}

// What was measured before something went wrong.
void JobProcess::describe_samples() {
  if (!result_.samples.empty()) fill_latency_metrics(result_.metrics, result_.samples, unit_of(job_.work));
}

void JobProcess::answer() {
  answered_ = true;
  deadline_ = after(options_.grace);
}

void JobProcess::broke_protocol(std::string_view what) {
  conclude(conclusion_of_protocol(stage_, what, job_.target.backend));
}

void JobProcess::out_of_time() {
  over_ = true;
  if (may_be_put_off_ && !is_heard_) {
    is_put_off_ = true;
  } else if (answered_) {
    result_.notes.push_back(
        fmt::format("worker-{} did not end within {} ms after its last event and was killed",
                    job_.target.backend, options_.grace.count()));
  } else {
    conclude(conclusion_of_timeout(stage_, limit_of(stage_, options_.limits), job_.target.backend, options_,
                                   worker_->stderr_tail()));
  }
}

void JobProcess::interrupt() {
  over_ = true;
  if (answered_) return;
  conclude({Status::Failed, Failure{.kind = std::string(kInterrupted),
                                    .stage = stage_,
                                    .message = fmt::format("interrupted during {}", to_string(stage_)),
                                    .stderr_tail = {}}});
}

void JobProcess::take_output(std::string_view bytes) {
  lines_.append(bytes);
  while (!answered_ && !over_ && !parked_) {
    Nonsense nonsense;
    const auto event = next_event(nonsense);
    if (!nonsense.why.empty()) return heard(nonsense);
    if (!event) return;
    take(*event);
  }
}

void JobProcess::heard(const Nonsense& nonsense) {
  const std::string& line = nonsense.line;
  if (!is_heard_ && !options_.launcher.empty() && !line.starts_with('{'))
    return conclude(conclusion_of_chatter(line, job_.target.backend, options_));
  const std::string where = line.empty() ? "" : fmt::format(" in the line \"{}\"", printable(line, 80));
  broke_protocol(nonsense.why + where);
}

// Nothing when there is no whole line yet, or when it makes no sense.
std::optional<Event> JobProcess::next_event(Nonsense& nonsense, bool at_end) {
  std::optional<std::string> line;
  try {
    line = at_end ? lines_.rest() : lines_.next();
    if (line) return decode_event(*line);
  } catch (const std::exception& error) {
    nonsense = {.line = line.value_or(""), .why = error.what()};
  }
  return std::nullopt;
}

void JobProcess::ended(const ExitStatus& exit) {
  const bool cleanly = exit == ExitStatus{ExitStatus::Kind::Exited, 0};
  Nonsense nonsense;
  if (!answered_ && !over_) {
    const auto event = next_event(nonsense, true);
    if (event) take(*event);
  }
  if (over_) return;
  over_ = true;
  if (answered_) {
    if (!cleanly) {
      result_.notes.push_back(
          fmt::format("worker-{} ended with {} after its last event", job_.target.backend, to_string(exit)));
    }
    return;
  }
  // Half a line is the trace of a crash, not the cause.
  if (cleanly && !nonsense.why.empty()) return heard(nonsense);
  const bool oom_counted = oom_kill_count() > oom_before_;
  conclude(conclusion_of_ending(
      {.exit = exit, .stage = stage_, .oom_counted = oom_counted, .last_words = worker_->stderr_tail()},
      job_.target.backend, options_));
}

void JobProcess::take(const Event& event) {
  if (!is_heard_) enter(stage_);  // with all of its time
  is_heard_ = true;
  std::visit([this](const auto& alternative) { accept(alternative); }, event);
  if (!over_) observer_.event(job_, event);
}

void JobProcess::accept(const StageEvent& event) {
  // Going back would renew the limits for ever.
  if (event.stage < stage_) {
    return broke_protocol(fmt::format("it went back to the stage {}", to_string(event.stage)));
  }
  if (event.stage > stage_) enter(event.stage);
}

// An evaluation takes as long as its file is long, but not a batch of it.
void JobProcess::accept(const ProgressEvent& event) {
  if (stage_ != Stage::Evaluate || event.done <= evaluated_) return;
  evaluated_ = event.done;
  enter(stage_);
}

void JobProcess::accept(const TurnEvent& event) {
  if (!job_.protocol.turn || event.done != turns_done_ + 1)
    return broke_protocol(fmt::format("it ended turn {} after {}", event.done, turns_done_));
  turns_done_ = event.done;
  stage_ = Stage::Warmup;  // where the next turn begins
  parked_ = true;
}

void JobProcess::accept(const SamplesEvent& event) {
  if (!are_durations(event.samples)) return broke_protocol("it sent a sample that is no duration");
  result_.samples.insert(result_.samples.end(), event.samples.begin(), event.samples.end());
}

void JobProcess::accept(const NoteEvent& event) {
  if (result_.notes.size() < kMostNotes) result_.notes.push_back(printable(event.text, kLongestMessage));
}

void JobProcess::accept(const ResultEvent& event) {
  if (const auto lie = find_lie(event.result, job_, stopped_early_)) return broke_protocol(*lie);
  const std::string started_at = result_.started_at;
  result_ = event.result;
  if (result_.device.empty()) result_.device = job_.target.device;
  if (result_.started_at.empty()) result_.started_at = started_at;
  if (result_.failure) make_printable(*result_.failure);
  answer();
}

void JobProcess::accept(const ErrorEvent& event) {
  result_.status = event.status;
  result_.failure = event.failure;
  make_printable(*result_.failure);
  describe_samples();
  answer();
}

}  // namespace medbench
