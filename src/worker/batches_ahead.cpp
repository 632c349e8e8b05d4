#include "worker/batches_ahead.hpp"

#include <cstddef>
#include <utility>

namespace medbench {

namespace {

constexpr std::size_t kMostReady = 2;

}  // namespace

BatchesAhead::BatchesAhead(EvaluationBatches& source) : source_(source), thread_([this] { work(); }) {}

BatchesAhead::~BatchesAhead() {
  {
    const std::lock_guard lock(mutex_);
    is_wanted_ = false;
  }
  changed_.notify_all();
  thread_.join();
}

void BatchesAhead::work() {
  try {
    while (keep(source_.next())) {
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    is_over_ = true;
  }
  changed_.notify_all();
}

// False where no more are needed.
bool BatchesAhead::keep(std::optional<EvaluationBatch> batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_.size() < kMostReady || !is_wanted_; });
  is_over_ = !batch;
  if (batch) ready_.push_back(std::move(*batch));
  const bool goes_on = !is_over_ && is_wanted_;
  lock.unlock();
  changed_.notify_all();
  return goes_on;
}

std::optional<EvaluationBatch> BatchesAhead::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || is_over_; });
  if (ready_.empty()) {
    if (failure_) std::rethrow_exception(failure_);
    return std::nullopt;
  }
  EvaluationBatch batch = std::move(ready_.front());
  ready_.pop_front();
  lock.unlock();
  changed_.notify_all();
  return batch;
}

}  // namespace medbench
