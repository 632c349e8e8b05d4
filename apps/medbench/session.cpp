#include "medbench/session.hpp"

#include <algorithm>
#include <system_error>

#include "base/error.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/output.hpp"
#include "report/report.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

Session::Session(const SessionSettings& settings, const RunOptions& options)
    : settings_(settings),
      options_(options),
      worker_(options.worker),
      display_(ProgressDisplay::mode_for(options.quiet, stderr), stderr, clock_) {
  if (!settings.out) store_.emplace(options.output_dir, settings.command);
}

void Session::run(const std::vector<Job>& jobs) {
  run_jobs(jobs, worker_, *this);
  display_.clear();
}

void Session::add(Result result) {
  display_.line(fmt::format("{}: {}", job_label(result.job), outcome(result)));
  save(std::move(result));
}

std::optional<Result> Session::withdraw(const std::string& job_id) {
  const auto found = std::ranges::find_if(results_, [&](const Result& row) { return row.job.id == job_id; });
  if (found == results_.end()) return std::nullopt;
  std::optional<Result> row = std::move(*found);
  results_.erase(found);
  return row;
}

void Session::say(const std::string& text) {
  display_.line("medbench: " + printable(text));
}

void Session::prepare(Job& job) {
  if (settings_.prepare) settings_.prepare(job);
}

void Session::job_started(const Job& job, std::size_t index, std::size_t count) {
  display_.job_started(job, index, count);
}

void Session::job_resumed(const Job& job) {
  display_.job_resumed(job);
}

void Session::job_put_off(const Job& job, std::size_t waiting) {
  worker_.parking.most = waiting;
  const bool is_one = waiting == 1;
  say(
      fmt::format("{} did not start beside {} worker{} that wait{} for {} turn and may hold the launcher's "
                  "last place: {} measured to the end first",
                  job_label(job), waiting, is_one ? "" : "s", is_one ? "s" : "", is_one ? "its" : "their",
                  is_one ? "it is" : "they are"));
}

void Session::event(const Job& /*job*/, const Event& event) {
  display_.event(event);
}

void Session::job_finished(const Result& finished) {
  Result result = finished;
  if (settings_.complete) settings_.complete(result);
  display_.job_finished(result);
  save(std::move(result));
}

void Session::save(Result result) {
  auto& notes = result.notes;
  if (const auto own = settings_.job_notes.find(result.job.id); own != settings_.job_notes.end())
    notes.insert(notes.begin(), own->second.begin(), own->second.end());
  notes.insert(notes.begin(), settings_.notes.begin(), settings_.notes.end());
  // Nothing else would say so: there is no table.
  if (options_.quiet && result.status != Status::Ok)
    print_error(job_label(result.job) + ": " + outcome(result));
  results_.push_back(std::move(result));
  // A full disk costs the file and not the run: the result stays in the report.
  try {
    save_file(results_.back());
    if (settings_.after_save) settings_.after_save(results_.back());
  } catch (const Error& error) {
    display_.clear();
    if (failures_.insert(error.what()).second) print_error(error.what());
  }
}

void Session::save_file(const Result& result) {
  if (store_) {
    add_file(store_->save(result));
  } else {
    settings_.out->write(results_);
    if (std::ranges::count(paths_, settings_.out->path()) == 0) add_file(settings_.out->path());
  }
  const auto outputs = result.details.find("outputs_file");
  if (options_.save_outputs && outputs != result.details.end() && outputs->is_string())
    add_file(outputs->get<std::string>());
}

void Session::add_file(const std::filesystem::path& path) {
  paths_.push_back(path);
  if (!options_.debug_io) return;
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  display_.clear();
  print_information(fmt::format("wrote {} ({} bytes)", std::filesystem::absolute(path).string(), size));
}

void Session::sort(const std::function<bool(const Result&, const Result&)>& is_before) {
  std::stable_sort(results_.begin(), results_.end(), is_before);
}

std::string Session::report() const {
  if (options_.json) return render_json(results_);
  if (options_.quiet || results_.empty()) return {};
  std::string text = render_table(results_);
  const std::string warnings = render_warnings(results_);
  if (!warnings.empty()) text += "\n" + warnings;
  if (!paths_.empty()) text += "\nFiles:\n";
  for (const auto& path : paths_) text += fmt::format("  {}\n", path.string());
  return text;
}

int Session::exit_code(std::size_t planned) const {
  return exit_code(planned, [](const Result& result) { return result.status == Status::Ok; });
}

int Session::exit_code(std::size_t planned, const std::function<bool(const Result&)>& is_good) const {
  if (interrupted()) {
    print_error(fmt::format("interrupted: {} of {} configurations were measured", results_.size(), planned));
    return kExitSignalBase + interrupt_signal();
  }
  if (!failures_.empty()) return medbench::exit_code(ErrorKind::Environment);
  return std::all_of(results_.begin(), results_.end(), is_good) ? kExitOk : kExitRowNotOk;
}

}  // namespace medbench
