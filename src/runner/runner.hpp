// Runs planned jobs, each in a worker process of its own, and turns whatever happens into one typed result a
// job. It knows processes, time limits and events; it knows no model, no runtime and no output format.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "job/capabilities.hpp"
#include "job/events.hpp"
#include "job/job.hpp"
#include "job/result.hpp"

namespace medbench {

// Time limits by stage. The limit of a stage starts anew when the worker announces the stage.
struct StageLimits {
  std::chrono::milliseconds load{std::chrono::minutes{5}};      // start and load
  std::chrono::milliseconds compile{std::chrono::minutes{15}};  // compile
  std::chrono::milliseconds run{std::chrono::minutes{30}};      // warm up, run and finish; evaluate: a batch
};

// What a worker may write to standard output, in bytes. The result holds every sample, hence the long line.
struct OutputLimits {
  std::size_t line = std::size_t{64} << 20;
  std::size_t total = std::size_t{256} << 20;
};

// Workers that wait for their next turn hold their engines, and behind a launcher the place it gave them.
struct ParkingLimits {
  std::size_t most = 16;
  std::function<double()> available_mb;  // memory of this machine; none: no limit
  // Of a start behind a launcher. Where some wait meanwhile, they are taken for the reason that it does not
  // come.
  std::chrono::milliseconds patience{std::chrono::seconds{10}};
};

struct WorkerOptions {
  std::filesystem::path libexec;      // the folder of the workers
  std::vector<std::string> launcher;  // put before the worker's command line
  StageLimits limits;
  OutputLimits output;
  ParkingLimits parking;
  // To end by itself after its last event, and after SIGTERM.
  std::chrono::milliseconds grace{std::chrono::seconds{5}};
};

class RunObserver {
 public:
  RunObserver() = default;
  virtual ~RunObserver() = default;
  RunObserver(const RunObserver&) = delete;
  RunObserver& operator=(const RunObserver&) = delete;
  // Before the job's worker is started: what it lacks can be filled in.
  virtual void prepare(Job& /*job*/) {}
  virtual void job_started(const Job& job, std::size_t index, std::size_t count) = 0;
  virtual void job_resumed(const Job& /*job*/) {}  // its next turn
  // The launcher has not started it beside so many that wait for their turn: it is started again when these
  // have ended, and from now on no more than these wait at a time.
  virtual void job_put_off(const Job& /*job*/, std::size_t /*waiting*/) {}
  virtual void event(const Job& job, const Event& event) = 0;
  virtual void job_finished(const Result& result) = 0;  // called after every job, at once: save it here
};

// For whoever wants the results alone.
class SilentObserver : public RunObserver {
 public:
  void job_started(const Job& /*job*/, std::size_t /*index*/, std::size_t /*count*/) override {}
  void event(const Job& /*job*/, const Event& /*event*/) override {}
  void job_finished(const Result& /*result*/) override {}
};

// The folder of the workers: $MEDBENCH_LIBEXEC, or ../libexec/medbench beside this program.
std::filesystem::path default_libexec();

// Names of the backends that have a worker there ("torch" for worker-torch), sorted.
std::vector<std::string> installed_backends(const std::filesystem::path& libexec);

// Asks a worker what it can do. Never throws for what the worker does: a worker that is missing, crashes,
// hangs or answers nonsense gives capabilities without devices, with the reason and what to do about it. Its
// time is `limit`, or that for loading where that is shorter.
Capabilities describe_backend(const std::string& backend, const WorkerOptions& options,
                              std::chrono::milliseconds limit = std::chrono::seconds{30});

// One job; the observer hears its events only. Never throws for what the worker does. After an interruption
// the result is failed, of the kind "interrupted".
Result run_job(const Job& job, const WorkerOptions& options, RunObserver& observer);

// All jobs, each started in order, in as many processes as its protocol says. Those that follow one another,
// do the same work (model and shape) and take turns are interleaved: A B C C B A, as far as memory goes, and
// a launcher's places.
// After an interruption (see interrupt.hpp) the job in flight and those not begun yield no row, but what is
// finished has already gone to the observer, and those that wait for a turn answer with what they have.
// Returns the results in the order in which they came.
std::vector<Result> run_jobs(const std::vector<Job>& jobs, const WorkerOptions& options,
                             RunObserver& observer);

}  // namespace medbench
