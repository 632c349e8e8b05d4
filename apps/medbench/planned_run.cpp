#include "medbench/planned_run.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>

#include "accuracy/gates.hpp"
#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/utc.hpp"
#include "campaign/out_file.hpp"
#include "campaign/plan_record.hpp"
#include "campaign/references.hpp"
#include "campaign/report_sources.hpp"
#include "campaign/result_folder.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/output.hpp"
#include "medbench/page_file.hpp"
#include "medbench/playoffs.hpp"
#include "medbench/resuming.hpp"
#include "medbench/row_command.hpp"
#include "medbench/runtime_options.hpp"
#include "medbench/session.hpp"
#include "report/evaluation.hpp"
#include "report/fastest.hpp"
#include "report/int8_advice.hpp"
#include "report/parity_advice.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

// Where a folder may be made that goes when the run ends.
std::filesystem::path scratch_parent(const MeasureOptions& options) {
  return options.out ? std::filesystem::temp_directory_path() : std::filesystem::path(options.run.output_dir);
}

class PlannedRun {
 public:
  // Keeps references to program and run.
  PlannedRun(const Program& program, const PreparedRun& run)
      : program_(program), options_(run.options), plan_(run.plan), classification_(run.classification) {
    settings_.command = program.command;
    if (options_.out) {
      settings_.out.emplace(*options_.out, plan_.rows.size());
    } else {
      folder_.emplace(options_.run.output_dir);
      if (options_.report) page_.emplace(std::vector<std::filesystem::path>{options_.run.output_dir});
    }
    for (const auto& row : plan_.rows) settings_.job_notes[row.job.id] = row.notes;
    settings_.prepare = [this](Job& job) {
      if (options_.acc_check) job.protocol.parity = references_->of(job);
      if (job.protocol.evaluation) prepare_evaluation(job);
    };
    settings_.complete = [this](Result& result) { complete(result); };
    settings_.after_save = [this](const Result& /*result*/) { summarize(); };
    session_ = std::make_unique<Session>(settings_, options_.run);
    prepare_outputs();
  }

  int run(std::span<const std::string> arguments) {
    const Json record = plan_of(program_, options_, plan_, arguments);
    if (options_.resume) {
      adopt_finished();
    } else {
      record_plan(record);
    }
    if (classification_) save_classifications();
    for (const auto& row : plan_.rows) {
      if (row.failure && !interrupted()) session_->add(row_that_cannot_run(row));
    }
    const auto begin = std::chrono::steady_clock::now();
    session_->run(remaining_);
    if (!options_.run.num_iterations && !interrupted()) repeat_disturbed();
    const std::chrono::duration<double> rows_took = std::chrono::steady_clock::now() - begin;
    if (options_.playoff && !interrupted()) play_off(rows_took.count());
    return report();
  }

 private:
  void prepare_outputs() {
    const auto& keep = options_.run.save_outputs;
    if (options_.acc_check || options_.work.evaluate) {
      references_ = std::make_unique<References>(
          References::Settings{.folder = keep ? std::filesystem::path(*keep) : scratch_parent(options_),
                               .keep = keep.has_value(),
                               .say = [this](const std::string& text) { session_->say(text); },
                               .hear = [this](const Event& event) { session_->hear(event); }},
          options_.run.worker);
    }
    for (auto& row : plan_.rows) {
      if (row.failure) continue;
      if (keep) row.job.protocol.save_outputs = absolute_path(*keep + "/" + row.job.id + ".safetensors");
      remaining_.push_back(row.job);
    }
  }

  void prepare_evaluation(Job& job) {
    job.protocol.evaluation = references_->evaluation_of(job);
    if (!options_.out)
      job.protocol.evaluation->save_flips =
          absolute_path(fmt::format("{}/flips_{}_{}.jsonl", options_.run.output_dir, job.id, file_stamp()));
  }

  // References do not outlive the run.
  void complete(Result& result) {
    result.job.protocol.parity.reset();
    auto& evaluation = result.job.protocol.evaluation;
    if (evaluation) *evaluation = {.file = evaluation->file, .hash = evaluation->hash};
    fill_gates(result, options_.gates);
  }

  // Without it the run cannot be taken up again, but it can be made.
  void record_plan(const Json& record) {
    if (!folder_) return;
    try {
      folder_->record_plan(record);
    } catch (const Error& error) {
      session_->say(error.what());
    }
  }

  void save_classifications() {
    std::set<std::string> models;
    for (const auto& row : plan_.rows) {
      const std::string& model = row.job.work.model.name;
      if (models.insert(model).second)
        session_->add_file(save_classification(*classification_, model, options_.run.output_dir));
    }
  }

  // The newest whole result of each row of the plan is not measured again.
  void adopt_finished() {
    auto results = folder_->read_results();
    std::reverse(results.begin(), results.end());
    std::vector<Job> left;
    for (const auto& job : remaining_) {
      const auto found = std::find_if(results.begin(), results.end(), [&](const Result& result) {
        return is_finished(result, options_) && job_identity(result.job) == job_identity(job);
      });
      if (found == results.end()) {
        left.push_back(job);
        continue;
      }
      Result finished = *found;
      finished.job.id = job.id;
      session_->adopt(std::move(finished));
    }
    if (!options_.run.quiet) {
      print_information(fmt::format("{} of {} rows are finished already", remaining_.size() - left.size(),
                                    plan_.rows.size()));
    }
    remaining_ = std::move(left);
  }

  void summarize() {
    if (!folder_) return;
    folder_->rewrite_summaries(page_ ? std::function<void()>([this] { write_page_of_all(); })
                                     : std::function<void()>());
    if (options_.run.quiet) return;
    for (const auto& complaint : folder_->take_complaints())
      session_->say("not in the summary: " + complaint);
  }

  void write_page_of_all() {
    page_->read();
    write_page(page_in(options_.run.output_dir), page_->input(row_command));
  }

  // Rows beside which others were busy, once more in fresh processes.
  void repeat_disturbed() {
    std::vector<Job> again;
    for (const Result& row : session_->results()) {
      const bool is_of_this_run = std::ranges::count(remaining_, row.job.id, &Job::id) > 0;
      if (!is_of_this_run || row.status != Status::Ok || !is_disturbed(row)) continue;
      again.push_back(row.job);
      settings_.job_notes[row.job.id].push_back(
          fmt::format("measured again, for other processes used {:.0f} % of the processors the first time",
                      100 * *row.metrics.get("other_load_share")));
    }
    if (again.empty()) return;
    session_->say(fmt::format("measuring {} row{} again, beside which other processes were busy",
                              again.size(), again.size() == 1 ? "" : "s"));
    std::vector<Result> earlier;
    earlier.reserve(again.size());
    for (const Job& job : again) earlier.push_back(*session_->withdraw(job.id));
    session_->run(again);
    for (Result& row : earlier) {
      auto newer = session_->withdraw(row.job.id);
      session_->adopt(std::move(newer && newer->status == Status::Ok ? *newer : row));
    }
  }

  void play_off(double rows_s) {
    const auto playoffs =
        run_playoffs(session_->results(), {.budget_s = options_.playoff_budget_s,
                                           .rows_s = rows_s,
                                           .worker = session_->worker(),
                                           .say = [this](const std::string& text) { session_->say(text); }});
    for (const Playoff& playoff : playoffs) {
      verdicts_ += playoff_line(playoff) + "\n";
      if (playoff.ended_by == kNoTime || !folder_) continue;
      try {
        folder_->record_playoff(to_json(playoff));
      } catch (const Error& error) {
        session_->say(error.what());
      }
    }
    if (!playoffs.empty()) summarize();
  }

  int report() {
    session_->sort([](const Result& a, const Result& b) { return a.job.id < b.job.id; });
    if (settings_.out && session_->results().size() > 1) settings_.out->write(session_->results());
    std::string text = session_->report();
    if (!options_.run.quiet && !options_.run.json && !session_->results().empty()) {
      if (folder_)
        text +=
            fmt::format("  {}\n", (std::filesystem::path(options_.run.output_dir) / "summary.md").string());
      if (page_) text += fmt::format("  {}\n", page_in(options_.run.output_dir).string());
      if (classification_) text += "\n" + classification_line(*classification_) + "\n";
      for (const auto render : {render_parity_advice, render_int8_advice, render_evaluation}) {
        const std::string part = render(session_->results());
        if (!part.empty()) text += "\n" + part;
      }
      if (compares()) text += "\n" + render_fastest(session_->results(), unmeasured()) + verdicts_;
    }
    print_output(text);
    const int code =
        session_->exit_code(plan_.rows.size(), [this](const Result& result) { return is_good(result); });
    return code == kExitOk && !some_row_of_each_passes() ? kExitRowNotOk : code;
  }

  // Rows of the plan that an interruption came before.
  [[nodiscard]] std::vector<Job> unmeasured() const {
    std::vector<Job> jobs;
    for (const PlannedRow& row : plan_.rows) {
      const auto is_its = [&](const Result& result) { return result.job.id == row.job.id; };
      if (std::ranges::none_of(session_->results(), is_its)) jobs.push_back(row.job);
    }
    return jobs;
  }

  // Whether some rows can be compared, so that one of them is the fastest.
  [[nodiscard]] bool compares() const {
    const auto& rows = plan_.rows;
    return std::adjacent_find(rows.begin(), rows.end(), [](const PlannedRow& a, const PlannedRow& b) {
             return same_but_for_padding(a.job.work, b.job.work);
           }) != rows.end();
  }

  // Where there are gates: a row of every model and shape.
  [[nodiscard]] bool some_row_of_each_passes() const {
    return std::ranges::none_of(find_fastest(session_->results()), [](const Fastest& fastest) {
      return fastest.is_gated && fastest.row == nullptr;
    });
  }

  // What is merely not here is no failure of the run, unless the user says so or named it.
  [[nodiscard]] bool is_good(const Result& result) const {
    if (program_.wants_every_row && result.status != Status::Ok) return false;
    if (options_.strict) {
      return result.status == Status::Ok && parity_holds(result).value_or(true) &&
             gates_hold(result).value_or(true);
    }
    if (result.status == Status::LoadError)
      return !names_runtime(result.job.target.backend, result.job.target.options);
    return result.status == Status::Ok || result.status == Status::Unsupported;
  }

  const Program& program_;
  const MeasureOptions& options_;
  Plan plan_;
  const std::optional<ClassificationTest>& classification_;
  std::optional<ReportSources> page_;   // where there is to be one
  std::optional<ResultFolder> folder_;  // unless all results go into one file
  SessionSettings settings_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<References> references_;
  std::vector<Job> remaining_;
  std::string verdicts_;  // of the play-offs, a line each
};

}  // namespace

int run_plan(const Program& program, const PreparedRun& run, std::span<const std::string> arguments) {
  return PlannedRun(program, run).run(arguments);
}

}  // namespace medbench
