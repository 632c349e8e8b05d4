#include "runner/heat.hpp"

#include <algorithm>
#include <utility>

#include "base/descriptor.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

constexpr std::size_t kDescriptorsForNext = 24;  // to start a worker, and to write results beside it

}  // namespace

bool Heat::start(const Job& job, const WorkerOptions& options, std::size_t number) {
  observer_.job_started(job, number, count_);
  Entry entry{number, std::make_unique<JobProcess>(job, options, observer_)};
  const bool may_lack_place = !waiting_.empty() && !options.launcher.empty();
  const auto halt = entry.process->run(may_lack_place ? options.parking.patience : JobProcess::kForever);
  if (halt == JobProcess::Halt::PutOff) {
    observer_.job_put_off(job, waiting_.size());
    return false;
  }
  settle(std::move(entry), halt, waiting_);
  return true;
}

void Heat::run() {
  while (!waiting_.empty() && !interrupted()) {
    std::vector<Entry> later;
    while (!waiting_.empty() && !interrupted()) {
      Entry entry = std::move(waiting_.back());
      waiting_.pop_back();
      observer_.job_resumed(entry.process->job());
      const auto halt = entry.process->run();
      settle(std::move(entry), halt, later);
    }
    std::move(later.begin(), later.end(), std::back_inserter(waiting_));
  }
  for (Entry& entry : waiting_) {
    entry.process->finish_early();
    deliver(entry);
  }
  waiting_.clear();
}

void Heat::settle(Entry entry, JobProcess::Halt halt, std::vector<Entry>& waiting) {
  if (halt == JobProcess::Halt::Parked) {
    waiting.push_back(std::move(entry));
  } else {
    deliver(entry);
  }
}

void Heat::deliver(Entry& entry) {
  if (!entry.process->was_interrupted()) done_(entry.number, entry.process->take_result());
}

bool Heat::has_room(const ParkingLimits& limits) const {
  if (waiting_.size() >= limits.most) return false;
  if (spare_descriptors() < kDescriptorsForNext) return false;
  if (!limits.available_mb) return true;
  double largest = 0;
  for (const Entry& entry : waiting_) largest = std::max(largest, entry.process->resident_mb());
  constexpr double kRoomForNext = 1.25;  // the next engine may be larger than those that are there
  return limits.available_mb() > kRoomForNext * largest;
}

}  // namespace medbench
