#include "campaign/planner.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/utc.hpp"
#include "campaign/backends.hpp"
#include "campaign/targets.hpp"
#include "runner/result_store.hpp"

namespace medbench {

namespace {

// Networks on images have integers for their convolutions with `static` alone, and some backends for all
// layers.
std::optional<QuantizationMethod> method_of(const PlanSettings& settings, const PlannedTarget& planned,
                                            const Axes& axes) {
  if (planned.method) return planned.method;
  const KnownBackend* known = find_known_backend(planned.target.backend);
  const bool is_named = settings.deployment && settings.deployment->names_method;
  const bool is_static = (known != nullptr && known->static_int8) || (!is_named && axes.has(Axis::Height));
  return is_static ? std::optional(QuantizationMethod::Static) : std::nullopt;
}

// The user's own threads go before those of the file.
void settle_int8(const PlanSettings& settings, const PlannedTarget& planned, PlannedRow& row,
                 std::vector<std::string>& plan_notes) {
  const std::optional<QuantizationMethod> method = method_of(settings, planned, row.job.work.axes);
  if (!settings.deployment && !method) return;
  Deployment deployment = settings.deployment.value_or(Deployment{});
  const QuantizationMethod in_file = deployment.quantization.method;
  if (method) deployment = with_method(std::move(deployment), *method);
  if (deployment.names_method && !planned.method && in_file != deployment.quantization.method)
    row.notes.push_back(fmt::format("{} has no int8 with method {}: static in its place, by calibration",
                                    planned.target.backend, to_string(in_file)));
  Target& target = row.job.target;
  target.quantization = deployment.quantization;
  if (target.threads == 0) target.threads = deployment.threads.value_or(0);
  const bool is_static = target.quantization->method == QuantizationMethod::Static;
  if (is_static && target.quantization->calibration_file.empty()) {
    row.notes.push_back(fmt::format(
        "static ranges are calibrated on {}: no calibration_file is named",
        row.job.work.text() != nullptr ? "the row's own texts" : "seeded random inputs, as the row runs"));
  }
  for (const auto* warnings : {&deployment.warnings, &deployment.method_warnings}) {
    for (const std::string& warning : *warnings) {
      row.notes.push_back(warning);
      if (std::ranges::count(plan_notes, warning) == 0) plan_notes.push_back(warning);
    }
  }
}

// What rows of one target differ in.
std::vector<Data> inputs_of(const PlanSettings& settings) {
  const TextData* text = settings.base.work.text();
  if (text == nullptr || settings.paddings.empty()) return {settings.base.work.data};
  std::vector<Data> inputs;
  for (const Padding padding : settings.paddings) {
    TextData padded = *text;
    padded.padding = padding;
    inputs.emplace_back(std::move(padded));
  }
  return inputs;
}

PlannedRow row_of(const PlanSettings& settings, const PlannedTarget& planned, const PlannedModel& model,
                  const Axes& axes, const Data& data, std::vector<std::string>& plan_notes) {
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
  row.job.work.model = model.reference;
  row.job.work.axes = axes;
  row.job.work.data = data;
  if (target.precision == kInt8) settle_int8(settings, planned, row, plan_notes);
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
                     file_name_part(precision_label(job.target)), file_name_part(job.target.device));
}

Plan make_plan(const PlanSettings& settings, const PlanSources& sources) {
  TargetPlanner planner(settings, sources);
  const std::vector<PlannedTarget> targets = planner.targets();
  Plan plan{.rows = {}, .notes = planner.notes()};
  const auto runnable = std::count_if(targets.begin(), targets.end(), [](const PlannedTarget& target) {
    return !target.failure.has_value();
  });
  const std::vector<Data> inputs = inputs_of(settings);
  const bool takes_turns = settings.interleaved && static_cast<std::size_t>(runnable) * inputs.size() > 1;
  for (const auto& model : settings.models) {
    for (const Axes& axes : model.shapes) {
      for (const auto& target : targets) {
        for (const Data& data : inputs) {
          PlannedRow row = row_of(settings, target, model, axes, data, plan.notes);
          if (takes_turns) row.job.protocol.turn = TurnLength{};
          row.job.id = job_id(plan.rows.size() + 1, row.job);
          plan.rows.push_back(std::move(row));
        }
      }
    }
  }
  return plan;
}

Result row_that_cannot_run(const PlannedRow& row) {
  Result result;
  result.job = row.job;
  result.device = row.job.target.device;
  result.model_type = row.job.work.model.name;
  result.started_at = utc_now();
  result.status = Status::LoadError;
  result.failure = row.failure;
  return result;
}

}  // namespace medbench
