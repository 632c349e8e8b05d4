// Jobs being run as the user sees it: progress while it lasts, each result saved as soon as it is there, and
// what to report at the end.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "campaign/out_file.hpp"
#include "medbench/progress.hpp"
#include "medbench/run_options.hpp"
#include "runner/result_store.hpp"

namespace medbench {

struct SessionSettings {
  std::string command{};                                        // begins the names of the files
  std::vector<std::string> notes{};                             // go into every result
  std::map<std::string, std::vector<std::string>> job_notes{};  // by the job's id, into its result
  // What a subcommand adds; each may be empty.
  std::function<void(Job&)> prepare{};              // before the job's worker is started
  std::function<void(Result&)> complete{};          // before the result is shown and saved
  std::function<void(const Result&)> after_save{};  // throws Environment when a file cannot be written
  std::optional<OutFile> out{};                     // for all results, in place of the output folder
};

class Session final : public RunObserver {
 public:
  // Both must outlive it. Throws Usage when the output folder cannot be used, before anything runs.
  Session(const SessionSettings& settings, const RunOptions& options);

  // Needs an InterruptGuard.
  void run(const std::vector<Job>& jobs);
  // A row that needs no worker: it is shown and saved like any other.
  void add(Result result);
  // A row of an earlier run: reported, but neither shown nor saved.
  void adopt(Result result) { results_.push_back(std::move(result)); }
  // Takes a row out of the report; its file stays. Nothing where there is none of that id.
  std::optional<Result> withdraw(const std::string& job_id);
  // A file of the run that no row has: told and reported like theirs.
  void add_file(const std::filesystem::path& path);
  // A line among the progress.
  void say(const std::string& text);
  // What a job says of itself that is no row.
  void hear(const Event& event) { display_.event(event); }

  [[nodiscard]] const std::vector<Result>& results() const { return results_; }
  // As the options say, and with no more that wait than a launcher has had places for.
  [[nodiscard]] const WorkerOptions& worker() const { return worker_; }
  void sort(const std::function<bool(const Result&, const Result&)>& is_before);
  // What belongs on standard output.
  [[nodiscard]] std::string report() const;
  // Row not ok, interrupted (after telling how many of the planned rows are there) or not saved is not
  // success.
  [[nodiscard]] int exit_code(std::size_t planned) const;
  [[nodiscard]] int exit_code(std::size_t planned, const std::function<bool(const Result&)>& is_good) const;

 private:
  void prepare(Job& job) override;
  void job_started(const Job& job, std::size_t index, std::size_t count) override;
  void job_resumed(const Job& job) override;
  void job_put_off(const Job& job, std::size_t waiting) override;
  void event(const Job& job, const Event& event) override;
  void job_finished(const Result& finished) override;
  void save(Result result);
  void save_file(const Result& result);

  const SessionSettings& settings_;
  const RunOptions& options_;
  WorkerOptions worker_;
  std::optional<ResultStore> store_;  // unless all go into one file
  SteadyClock clock_;
  ProgressDisplay display_;
  std::vector<Result> results_;
  std::vector<std::filesystem::path> paths_;  // of the results and of the outputs asked for
  std::set<std::string> failures_;            // to save, those that were told
};

}  // namespace medbench
