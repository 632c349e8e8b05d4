#include "campaign/planner.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "campaign/backends.hpp"
#include "campaign/targets.hpp"
#include "runner/result_store.hpp"

namespace medbench {

namespace {

// The user's own threads go before those of the file.
void apply(const Deployment& deployment, Target& target) {
  target.quantization = deployment.quantization;
  if (target.threads == 0) target.threads = deployment.threads.value_or(0);
}

// Where the backend knows no other int8.
void make_static(PlannedRow& row) {
  const KnownBackend* known = find_known_backend(row.job.target.backend);
  if (known == nullptr || !known->static_int8) return;
  Quantization quantization = row.job.target.quantization.value_or(Quantization{});
  if (quantization.method == QuantizationMethod::Static) return;
  row.notes.push_back(fmt::format("{} has no int8 with method {}: static in its place, by calibration",
                                  known->name, to_string(quantization.method)));
  quantization.method = QuantizationMethod::Static;
  quantization.group_size = 0;
  row.job.target.quantization = quantization;
}

PlannedRow row_of(const PlanSettings& settings, const PlannedTarget& planned) {
  PlannedRow row{
      .job = settings.base, .notes = planned.notes, .failure = planned.failure, .refusal = planned.refusal};
  Target& target = row.job.target;
  target.backend = planned.target.backend;
  target.device = planned.target.device;
  target.precision = planned.target.precision;
  target.asked_precision = planned.target.asked_precision;
  if (const auto own = settings.options_of.find(target.backend); own != settings.options_of.end()) {
    for (const auto& [key, value] : own->second) target.options[key] = value;
  }
  if (settings.deployment && target.precision == kInt8) {
    apply(*settings.deployment, target);
    const auto& warnings = settings.deployment->warnings;
    row.notes.insert(row.notes.end(), warnings.begin(), warnings.end());
    make_static(row);
  }
  return row;
}

}  // namespace

std::vector<Axes> all_shapes(const std::vector<std::pair<Axis, std::vector<std::int64_t>>>& axes) {
  std::vector<Axes> shapes{Axes{}};
  for (const auto& [axis, values] : axes) {
    std::vector<Axes> longer;
    longer.reserve(shapes.size() * values.size());
    for (const auto& shape : shapes) {
      for (const std::int64_t value : values) longer.push_back(shape.with(axis, value));
    }
    shapes = std::move(longer);
  }
  return shapes;
}

std::string job_id(std::size_t number, const Job& job) {
  return fmt::format("{:04}_{}_{}_{}_{}_{}", number, file_name_part(job.work.model.name),
                     file_name_part(job.target.backend), id_part(job.work.axes),
                     file_name_part(job.target.precision), file_name_part(job.target.device));
}

Plan make_plan(const PlanSettings& settings, const PlanSources& sources) {
  TargetPlanner planner(settings, sources);
  const std::vector<PlannedTarget> targets = planner.targets();
  Plan plan{.rows = {}, .notes = planner.notes()};
  const auto runnable = std::count_if(targets.begin(), targets.end(), [](const PlannedTarget& target) {
    return !target.failure.has_value();
  });
  const bool takes_turns = settings.interleaved && runnable > 1;
  for (const auto& model : settings.models) {
    for (const Axes& axes : model.shapes) {
      for (const auto& target : targets) {
        PlannedRow row = row_of(settings, target);
        row.job.work.model = model.reference;
        row.job.work.axes = axes;
        if (takes_turns) row.job.protocol.turn = TurnLength{};
        row.job.id = job_id(plan.rows.size() + 1, row.job);
        plan.rows.push_back(std::move(row));
      }
    }
  }
  return plan;
}

}  // namespace medbench
