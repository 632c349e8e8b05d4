#include "medbench/dry_run.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "campaign/playoff.hpp"
#include "medbench/progress.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

// Empty where nothing is known against it: models and precisions are for the worker to judge.
std::string why_not(const PlannedRow& row) {
  if (row.failure) return "load_error: " + row.failure->message;
  return row.refusal.empty() ? "" : "unsupported: " + row.refusal;
}

std::size_t count_runnable(const Plan& plan) {
  return static_cast<std::size_t>(
      std::ranges::count_if(plan.rows, [](const PlannedRow& row) { return why_not(row).empty(); }));
}

// Models and shapes of which several rows run, however their texts are padded.
std::size_t count_playoffs(const Plan& plan) {
  std::vector<const Workload*> once;
  std::vector<const Workload*> often;
  const auto holds = [](const std::vector<const Workload*>& list, const Workload& work) {
    return std::ranges::any_of(list,
                               [&](const Workload* known) { return same_but_for_padding(*known, work); });
  };
  for (const PlannedRow& row : plan.rows) {
    const Workload& work = row.job.work;
    if (!why_not(row).empty() || holds(often, work)) continue;
    (holds(once, work) ? often : once).push_back(&work);
  }
  return often.size();
}

struct Longest {
  double rows_s = 0;
  double playoffs_s = 0;
};

// By the budgets; nothing where the number of passes is given, which take what they take.
std::optional<Longest> longest(const Plan& plan, const MeasureOptions& options) {
  if (options.run.num_iterations) return std::nullopt;
  const double rows_s = static_cast<double>(count_runnable(plan)) *
                        static_cast<double>(options.run.restarts) * options.run.time_budget_s;
  const auto playoffs = options.playoff ? static_cast<double>(count_playoffs(plan)) : 0.0;
  const double usual_s = std::min(rows_s * kPlayoffShare, playoffs * kMostPlayoffS);
  return Longest{.rows_s = rows_s,
                 .playoffs_s = options.playoff_budget_s ? playoffs * *options.playoff_budget_s : usual_s};
}

std::string expected_time(const Plan& plan, const MeasureOptions& options) {
  const std::size_t rows = count_runnable(plan);
  const std::string processes =
      options.run.restarts == 1 ? "" : fmt::format(" in each of {} processes", options.run.restarts);
  const auto most = longest(plan, options);
  if (!most) {
    return fmt::format("{} rows of {} timed passes{}: how long these take is not known before they run", rows,
                       *options.run.num_iterations, processes);
  }
  std::string text =
      fmt::format("at most about {}: {} of measuring for each of {} row{}{}",
                  duration_text(most->rows_s + most->playoffs_s), duration_text(options.run.time_budget_s),
                  rows, rows == 1 ? "" : "s", processes);
  if (most->playoffs_s > 0)
    text += fmt::format(", {} of play-offs between the fastest", duration_text(most->playoffs_s));
  return text + (options.work.evaluate ? "; loading, compiling, warming up and evaluating come on top"
                                       : "; loading, compiling and warming up come on top");
}

Json to_json(const Plan& plan, const MeasureOptions& options) {
  Json rows = Json::array();
  for (const PlannedRow& row : plan.rows) {
    const std::string problem = why_not(row);
    rows.push_back({{"job", to_json(row.job)}, {"refused", problem.empty() ? Json() : Json(problem)}});
  }
  const auto most = longest(plan, options);
  return {{"rows", rows}, {"longest_s", most ? Json(most->rows_s + most->playoffs_s) : Json()}};
}

}  // namespace

std::string render_dry_run(const Plan& plan, const MeasureOptions& options) {
  if (options.run.json) return dump_pretty(to_json(plan, options)) + "\n";
  std::vector<TextColumn> columns{{"row", Align::Right}, {"model"}, {"backend"},   {"device"},
                                  {"precision"},         {"sizes"}, {"cannot run"}};
  const bool with_padding = options.work.paddings.size() > 1;
  if (with_padding) columns.insert(columns.end() - 1, {"pad"});
  TextTable table(std::move(columns));
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    const Job& job = plan.rows[i].job;
    const Target& target = job.target;
    std::vector<std::string> cells{std::to_string(i + 1),
                                   short_name(job.work.model),
                                   target.backend,
                                   target.device,
                                   target.asked_precision.empty()
                                       ? precision_label(target)
                                       : fmt::format("{} -> {}", target.asked_precision, target.precision),
                                   to_string(job.work.axes),
                                   why_not(plan.rows[i])};
    if (with_padding) cells.insert(cells.end() - 1, std::string(to_string(job.work.text()->padding)));
    table.add_row(std::move(cells));
  }
  return fmt::format("{}\n{} of {} rows run; {}\nNothing was measured or written.\n", table.render(),
                     count_runnable(plan), plan.rows.size(), expected_time(plan, options));
}

}  // namespace medbench
