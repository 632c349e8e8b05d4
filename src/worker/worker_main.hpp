// The main function that all workers share: it reads one job on standard input, loads, compiles, warms up and
// measures it on the backend it was given, and answers in events on standard output. It knows no runtime, and
// it decides nothing: what to measure is in the job, and time limits belong to whoever started the worker.
#pragma once

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "job/job.hpp"
#include "job/result.hpp"
#include "machine/numa.hpp"
#include "models/model.hpp"

namespace medbench {

class EventWriter;

// What a worker may do differently; a worker of a real runtime needs none of it.
class WorkerHooks {
 public:
  WorkerHooks() = default;
  virtual ~WorkerHooks() = default;
  WorkerHooks(const WorkerHooks&) = delete;
  WorkerHooks& operator=(const WorkerHooks&) = delete;

  // Where the kernel tells of the machine's nodes.
  virtual std::string nodes_folder(const Job&) { return kNodesFolder; }
  // Called before `describe` answers.
  virtual void describing(EventWriter&) {}
  // Called after the stage was announced; Start is never announced, so that comes before the first event.
  virtual void entered(Stage, const Job&, EventWriter&) {}
  virtual Model load(const Job& job) { return load_model(job.work.model, job.work.axes, job.work.seed); }
  // Called after samples were sent.
  virtual void sent(std::span<const Sample>) {}
  // Called with the finished result, before it is sent.
  virtual void finishing(Result&, EventWriter&) {}
};

// `worker-<backend> describe` prints the capabilities; `worker-<backend> run` does the job. Returns the exit
// code: 0 when an answer was delivered, also when that answer is an error; 2 for a command line that makes no
// sense; 1 when nobody listens.
int worker_main(int argc, char** argv, Backend& backend, Clock& clock, WorkerHooks& hooks);
int worker_main(int argc, char** argv, Backend& backend, Clock& clock);

}  // namespace medbench
