// The answers that every row's are compared with: torch's on the CPU in fp32, computed once for each
// workload.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "job/events.hpp"
#include "job/job.hpp"
#include "runner/runner.hpp"

namespace medbench {

class References {
 public:
  struct Settings {
    std::filesystem::path folder;  // where the files lie, in a folder of their own unless they are kept
    bool keep = false;
    std::function<void(const std::string&)> say;
    // Hears what a run that takes long says of itself.
    std::function<void(const Event&)> hear = [](const Event&) {};
  };

  // `worker` must outlive it. Throws Environment when the folder cannot be made.
  References(Settings settings, const WorkerOptions& worker);
  ~References();  // removes the files, unless they are kept
  References(const References&) = delete;
  References& operator=(const References&) = delete;

  // Runs torch once for the job's workload, unless that was done, and measures nothing.
  [[nodiscard]] ParityReference of(const Job& job);
  // The job's evaluation with the decisions of torch in it, or why there are none: computed once for each
  // model, length and file, for they hang on nothing else.
  [[nodiscard]] Evaluation evaluation_of(const Job& job);

 private:
  [[nodiscard]] ParityReference compute(const Job& job) const;
  [[nodiscard]] Evaluation evaluate(const Job& job) const;
  [[nodiscard]] Result run(const Job& reference, bool is_heard) const;

  Settings settings_;
  const WorkerOptions& worker_;
  std::filesystem::path folder_;
  std::map<std::string, ParityReference> references_;  // by the workload
  std::map<std::string, Evaluation> evaluations_;      // by what they hang on
};

}  // namespace medbench
