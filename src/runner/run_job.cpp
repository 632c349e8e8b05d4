#include <algorithm>
#include <memory>

#include "runner/interrupt.hpp"
#include "runner/job_process.hpp"

namespace medbench {

namespace {

constexpr double kRoomForNext = 1.25;  // the next engine may be larger than those that are there

bool may_take_turns(const Job& a, const Job& b) {
  return a.work == b.work && a.protocol.turns == b.protocol.turns;
}

// Runs all jobs. Consecutive jobs that do the same work in several turns form a round: each has its first
// turn and is parked, then they have their next turns in reverse order, and so on: A B C C B A.
class Rounds {
 public:
  Rounds(std::vector<Job> jobs, const WorkerOptions& options, RunObserver& observer)
      : jobs_(std::move(jobs)), options_(options), observer_(observer) {}

  std::vector<Result> run() {
    while (next_ < jobs_.size() && !interrupted()) {
      start_round();
      while (!parked_.empty() && !interrupted()) take_turns();
    }
    for (const auto& entry : parked_) {
      entry.process->finish_early();
      deliver(*entry.process);
    }
    return std::move(results_);
  }

 private:
  struct Entry {
    std::size_t index = 0;
    std::unique_ptr<JobProcess> process;
  };

  void start_round() {
    const std::size_t first = next_;
    while (next_ < jobs_.size() && !interrupted()) {
      if (next_ > first && !(may_take_turns(jobs_[first], jobs_[next_]) && has_room())) return;
      observer_.prepare(jobs_[next_]);
      Entry entry{next_, std::make_unique<JobProcess>(jobs_[next_], options_, observer_)};
      observer_.job_started(jobs_[next_], next_, jobs_.size());
      ++next_;
      advance(std::move(entry), parked_);
    }
  }

  void take_turns() {
    std::vector<Entry> waiting;
    while (!parked_.empty() && !interrupted()) {
      Entry entry = std::move(parked_.back());
      parked_.pop_back();
      observer_.job_resumed(entry.process->job(), entry.index, jobs_.size());
      advance(std::move(entry), waiting);
    }
    std::move(waiting.begin(), waiting.end(), std::back_inserter(parked_));
  }

  void advance(Entry entry, std::vector<Entry>& parked) {
    if (entry.process->run() == JobProcess::Halt::Parked) {
      parked.push_back(std::move(entry));
    } else {
      deliver(*entry.process);
    }
  }

  void deliver(JobProcess& process) {
    if (process.was_interrupted()) return;
    results_.push_back(process.take_result());
    observer_.job_finished(results_.back());
  }

  [[nodiscard]] bool has_room() const {
    if (parked_.size() >= options_.parking.most) return false;
    if (!options_.parking.available_mb) return true;
    double largest = 0;
    for (const auto& entry : parked_) largest = std::max(largest, entry.process->resident_mb());
    return options_.parking.available_mb() > kRoomForNext * largest;
  }

  std::vector<Job> jobs_;
  const WorkerOptions& options_;
  RunObserver& observer_;
  std::size_t next_ = 0;
  std::vector<Entry> parked_;
  std::vector<Result> results_;
};

}  // namespace

Result run_job(const Job& job, const WorkerOptions& options, RunObserver& observer) {
  JobProcess process(job, options, observer);
  while (process.run() == JobProcess::Halt::Parked) {
  }
  return process.take_result();
}

std::vector<Result> run_jobs(const std::vector<Job>& jobs, const WorkerOptions& options,
                             RunObserver& observer) {
  return Rounds(jobs, options, observer).run();
}

}  // namespace medbench
