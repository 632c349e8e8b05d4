#include "medbench/session.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "base/error.hpp"
#include "measure/clock.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/output.hpp"
#include "medbench/progress.hpp"
#include "report/report.hpp"
#include "runner/interrupt.hpp"
#include "runner/result_store.hpp"

namespace medbench {

namespace {

class SessionObserver final : public RunObserver {
 public:
  SessionObserver(const SessionPlan& plan, const RunOptions& options)
      : plan_(plan),
        options_(options),
        store_(options.output_dir, plan.command),
        display_(ProgressDisplay::mode_for(options.quiet, stderr), stderr, clock_) {}

  void job_started(const Job& job, std::size_t index, std::size_t count) override {
    display_.job_started(job, index, count);
  }

  void event(const Job& /*job*/, const Event& event) override { display_.event(event); }

  void job_finished(const Result& finished) override {
    Result result = finished;
    result.notes.insert(result.notes.begin(), plan_.notes.begin(), plan_.notes.end());
    display_.job_finished(result);
    // Nothing else would say so: there is no table.
    if (options_.quiet && result.status != Status::Ok)
      print_error(job_label(result.job) + ": " + outcome(result));
    results_.push_back(std::move(result));
    save(results_.back());
  }

  void end_display() { display_.clear(); }
  [[nodiscard]] const std::vector<Result>& results() const { return results_; }
  [[nodiscard]] const std::vector<std::filesystem::path>& paths() const { return paths_; }
  [[nodiscard]] bool all_saved() const { return paths_.size() == results_.size(); }

 private:
  // A full disk costs the file and not the run: the result stays in the report.
  void save(const Result& result) {
    try {
      paths_.push_back(store_.save(result));
    } catch (const Error& error) {
      display_.clear();
      if (failures_.insert(error.what()).second) print_error(error.what());
      return;
    }
    if (!options_.debug_io) return;
    std::error_code ignored;
    const auto size = std::filesystem::file_size(paths_.back(), ignored);
    display_.clear();
    print_information(
        fmt::format("wrote {} ({} bytes)", std::filesystem::absolute(paths_.back()).string(), size));
  }

  const SessionPlan& plan_;
  const RunOptions& options_;
  ResultStore store_;
  SteadyClock clock_;
  ProgressDisplay display_;
  std::vector<Result> results_;
  std::vector<std::filesystem::path> paths_;
  std::set<std::string> failures_;  // those that were told
};

std::string report(const SessionObserver& observer, const RunOptions& options) {
  if (options.json) return render_json(observer.results());
  if (options.quiet) return {};
  std::string text = render_table(observer.results());
  const std::string warnings = render_warnings(observer.results());
  if (!warnings.empty()) text += "\n" + warnings;
  if (!observer.paths().empty()) text += "\nFiles:\n";
  for (const auto& path : observer.paths()) text += fmt::format("  {}\n", path.string());
  return text;
}

int exit_code_of(const SessionObserver& observer) {
  if (interrupted()) return kExitSignalBase + interrupt_signal();
  if (!observer.all_saved()) return exit_code(ErrorKind::Environment);
  const bool all_ok = std::all_of(observer.results().begin(), observer.results().end(),
                                  [](const Result& result) { return result.status == Status::Ok; });
  return all_ok ? kExitOk : kExitRowNotOk;
}

}  // namespace

int run_session(const SessionPlan& plan, const RunOptions& options) {
  SessionObserver observer(plan, options);
  run_jobs(plan.jobs, options.worker, observer);
  observer.end_display();
  print_output(report(observer, options));
  if (interrupted()) {
    print_error(fmt::format("interrupted: {} of {} configurations were measured", observer.results().size(),
                            plan.jobs.size()));
  }
  return exit_code_of(observer);
}

}  // namespace medbench
