// One worker from its start to its end: its events drive the stage and the stage's time limit, and its last
// event, or whatever else ended it, gives the result.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/subprocess.hpp"
#include "runner/conclusion.hpp"
#include "runner/oom.hpp"
#include "runner/output.hpp"
#include "runner/runner.hpp"
#include "runner/worker_process.hpp"

namespace medbench {

class JobProcess {
 public:
  enum class Halt {
    Over,    // the result is there
    Parked,  // the worker has had a turn and waits for the next
    PutOff,  // nothing was heard of the start in time; there is no result
  };
  static constexpr std::chrono::milliseconds kForever = std::chrono::hours{24 * 365};  // more would overflow

  // Keeps references to all three.
  JobProcess(const Job& job, const WorkerOptions& options, RunObserver& observer);

  // Starts the worker, or gives it its next turn, and listens until it halts. Never throws for what the
  // worker does. `patience` is for the first event of a start, where that is put off rather than out of time.
  Halt run(std::chrono::milliseconds patience = kForever);
  // Of a parked worker: it answers with what it has measured. It has the grace period to do so, whatever was
  // interrupted before; a further interruption ends it.
  void finish_early();

  [[nodiscard]] const Job& job() const { return job_; }
  // What the worker holds while it is parked, in MiB; 0 when that cannot be told.
  [[nodiscard]] double resident_mb() const;
  [[nodiscard]] bool was_interrupted() const;
  // After Halt::Over or finish_early().
  Result take_result() { return std::move(result_); }

 private:
  using Clock = WorkerProcess::Clock;

  void start(std::chrono::milliseconds patience);
  void listen();
  void step();
  void enter(Stage stage);
  void conclude(Conclusion conclusion);
  void describe_samples();
  void answer();
  void broke_protocol(std::string_view what);
  void out_of_time();
  void interrupt();
  void take_output(std::string_view bytes);
  struct Nonsense {
    std::string line;
    std::string why;
  };
  std::optional<Event> next_event(Nonsense& nonsense, bool at_end = false);
  void heard(const Nonsense& nonsense);
  void ended(const ExitStatus& exit);
  void take(const Event& event);
  void accept(const StageEvent& event);
  void accept(const ProgressEvent& event);
  void accept(const TurnEvent& event);
  void accept(const SamplesEvent& event);
  void accept(const NoteEvent& event);
  void accept(const ResultEvent& event);
  void accept(const ErrorEvent& event);

  const Job& job_;
  const WorkerOptions& options_;
  RunObserver& observer_;
  std::unique_ptr<WorkerProcess> worker_;
  LineReader lines_;
  Result result_;
  Stage stage_ = Stage::Start;
  Clock::time_point deadline_;
  std::int64_t turns_done_ = 0;
  std::int64_t evaluated_ = 0;  // rows
  bool parked_ = false;
  bool stopped_early_ = false;
  bool is_heard_ = false;  // an event has come: the worker is there
  bool may_be_put_off_ = false;
  bool is_put_off_ = false;
  bool answered_ = false;  // the last event has come; only the worker's end is awaited
  bool over_ = false;
  std::optional<std::int64_t> oom_before_ = oom_kill_count();
};

}  // namespace medbench
