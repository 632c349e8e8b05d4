#include <algorithm>
#include <map>
#include <utility>

#include "job/restarts.hpp"
#include "runner/heat.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

bool may_take_turns(const Job& a, const Job& b) {
  return a.protocol.turn && a.work == b.work && a.protocol.turn == b.protocol.turn &&
         a.protocol.restarts == b.protocol.restarts;
}

// Runs all jobs. Consecutive jobs that do the same work in turns form a heat, which is repeated with fresh
// processes as often as the jobs are to be restarted.
class AllJobs {
 public:
  AllJobs(std::vector<Job> jobs, WorkerOptions options, RunObserver& observer)
      : jobs_(std::move(jobs)), options_(std::move(options)), observer_(observer) {}

  std::vector<Result> run() {
    while (next_ < jobs_.size() && !interrupted()) {
      std::vector<std::size_t> group = first_heat();
      const std::int64_t restarts = jobs_[group.front()].protocol.restarts;
      for (std::int64_t process = 1; process < restarts && !interrupted(); ++process) {
        std::ranges::reverse(group);
        further_heat(group);
      }
      deliver_merged();
    }
    return std::move(results_);
  }

 private:
  Heat make_heat() {
    return {observer_, jobs_.size(),
            [this](std::size_t number, Result result) { take(number, std::move(result)); }};
  }

  std::vector<std::size_t> first_heat() {
    Heat heat = make_heat();
    std::vector<std::size_t> group;
    do {
      observer_.prepare(jobs_[next_]);
      if (!start(heat, next_)) break;
      group.push_back(next_++);
    } while (next_ < jobs_.size() && !interrupted() && may_take_turns(jobs_[group.front()], jobs_[next_]) &&
             heat.has_room(options_.parking));
    heat.run();
    return group;
  }

  // What failed once is not tried again.
  void further_heat(const std::vector<std::size_t>& group) {
    Heat heat = make_heat();
    for (const std::size_t number : group) {
      const auto found = merged_.find(number);
      if (found == merged_.end() || found->second.status != Status::Ok) continue;
      jobs_[number].protocol.evaluation.reset();  // that of the first stands for the row
      while (!interrupted() && !start(heat, number)) heat.run();
    }
    heat.run();
  }

  bool start(Heat& heat, std::size_t number) {
    if (heat.start(jobs_[number], options_, number)) return true;
    options_.parking.most = heat.waiting();
    put_off_ = true;
    return false;
  }

  void take(std::size_t number, Result result) {
    if (jobs_[number].protocol.restarts == 1) return deliver(std::move(result));
    const auto [place, is_first] = merged_.try_emplace(number);
    if (is_first) {
      place->second = std::move(result);
    } else {
      add_process(place->second, std::move(result));
    }
  }

  void deliver_merged() {
    for (auto& [number, result] : merged_) {
      const auto processes = static_cast<std::int64_t>(process_medians_ms(result.samples).size());
      const std::int64_t wanted = jobs_[number].protocol.restarts;
      if (result.status == Status::Ok && processes < wanted) {
        result.stop_rule = kStoppedEarly;
        result.notes.push_back(fmt::format("stopped after process {} of {}", processes, wanted));
      }
      deliver(std::move(result));
    }
    merged_.clear();
  }

  void deliver(Result result) {
    if (put_off_ && result.job.protocol.turn) {
      result.notes.push_back(
          fmt::format("the launcher started no worker beside {} that waited: rows took turns no further",
                      options_.parking.most));
    }
    results_.push_back(std::move(result));
    observer_.job_finished(results_.back());
  }

  std::vector<Job> jobs_;
  WorkerOptions options_;
  RunObserver& observer_;
  bool put_off_ = false;  // a start, for want of a place
  std::size_t next_ = 0;
  std::map<std::size_t, Result> merged_;  // of jobs in several processes, by their number
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
  return AllJobs(jobs, options, observer).run();
}

}  // namespace medbench
