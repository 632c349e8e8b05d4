// Jobs that are measured together: their workers live at the same time and take turns, A B C C B A, so that
// whatever the machine does meanwhile hits all alike.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "runner/job_process.hpp"
#include "runner/runner.hpp"

namespace medbench {

class Heat {
 public:
  // `done` is called with the number of a job and its result as soon as that is there; not for one that was
  // interrupted before it could answer. Keeps references.
  using Done = std::function<void(std::size_t number, Result result)>;
  Heat(RunObserver& observer, std::size_t count, Done done)
      : observer_(observer), count_(count), done_(std::move(done)) {}

  // Starts the job's worker, which has its first turn. False where a launcher did not start it, for which
  // those that wait may be the reason: they are to run to their end before it is started again. `job` and
  // `options` must outlive the heat.
  [[nodiscard]] bool start(const Job& job, const WorkerOptions& options, std::size_t number);
  // Gives turns until all are over. After an interruption those that wait answer with what they have.
  void run();

  // Whether one more engine may wait beside those that do.
  [[nodiscard]] bool has_room(const ParkingLimits& limits) const;
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Entry {
    std::size_t number = 0;
    std::unique_ptr<JobProcess> process;
  };

  void settle(Entry entry, JobProcess::Halt halt, std::vector<Entry>& waiting);
  void deliver(Entry& entry);

  RunObserver& observer_;
  std::size_t count_;
  Done done_;
  std::vector<Entry> waiting_;
};

}  // namespace medbench
