// Parity of every row with torch on the CPU in fp32, read off the outputs of the engine that was timed.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "job/result.hpp"
#include "runner/runner.hpp"

namespace medbench {

class AccuracyCheck {
 public:
  struct Settings {
    std::filesystem::path folder;  // of the results; the outputs are in a folder of their own below it
    std::optional<std::filesystem::path> keep;  // a folder where the outputs stay, in place of that
    std::function<void(const std::string&)> say;
  };

  // `worker` must outlive it. Throws Environment when the folder cannot be made.
  AccuracyCheck(Settings settings, const WorkerOptions& worker);
  ~AccuracyCheck();  // removes the outputs, unless they are kept
  AccuracyCheck(const AccuracyCheck&) = delete;
  AccuracyCheck& operator=(const AccuracyCheck&) = delete;

  // Where the job must leave its outputs.
  [[nodiscard]] std::string outputs_of(const Job& job) const;
  // Measures nothing: runs torch once for the job's model, shape and inputs, unless that was done.
  void prepare(const Job& job);
  // Compares the outputs of a job that was measured and fills its metrics; where that is not possible, the
  // row becomes acc_error, with its numbers kept. Forgets the file of outputs unless it is kept.
  void complete(Result& result);

 private:
  struct Reference {
    std::filesystem::path outputs;
    std::string reason;  // why there are none
  };
  [[nodiscard]] Reference compute(const Job& job, std::size_t number) const;
  [[nodiscard]] std::string compare(Result& result) const;  // the reason why that is not possible

  Settings settings_;
  const WorkerOptions& worker_;
  std::filesystem::path folder_;
  std::map<std::string, Reference> references_;
};

}  // namespace medbench
