// Batches of an evaluation that are made while the one before is computed.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "data/evaluation_batches.hpp"

namespace medbench {

class BatchesAhead {
 public:
  // Keeps a reference to the source, which nobody else may use while this object lives.
  explicit BatchesAhead(EvaluationBatches& source);
  ~BatchesAhead();
  BatchesAhead(const BatchesAhead&) = delete;
  BatchesAhead& operator=(const BatchesAhead&) = delete;

  // Blocks until the next batch is made. Nothing at the end. Throws what making it threw, after all batches
  // before it.
  std::optional<EvaluationBatch> next();

 private:
  void work();
  bool keep(std::optional<EvaluationBatch> batch);

  EvaluationBatches& source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<EvaluationBatch> ready_;
  std::exception_ptr failure_;
  bool is_over_ = false;   // no more will come
  bool is_wanted_ = true;  // somebody still asks
  std::thread thread_;     // last: it uses all of these
};

}  // namespace medbench
