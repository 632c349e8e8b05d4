#include "report/columns.hpp"

#include <algorithm>

#include "accuracy/gates.hpp"
#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "job/own_kernels.hpp"
#include "job/restarts.hpp"

namespace medbench {

namespace {

using enum When;

Json text_or_null(std::string text) {
  return text.empty() ? Json() : Json(std::move(text));
}

// Null where nothing is int8.
Json quantization_method(const Result& result) {
  const Target& target = result.job.target;
  if (target.precision != kInt8) return {};
  return to_string(target.quantization.value_or(Quantization{}).method);
}

// Null where the inputs are no texts.
template <auto trait>
Json of_texts(const Result& result) {
  const TextData* text = result.job.work.text();
  return text == nullptr ? Json() : Json(to_string(text->*trait));
}

Json texts_used(const Result& result) {
  const auto inputs = result.details.find("inputs");
  return inputs == result.details.end() ? Json() : inputs->value("texts_used", Json());
}

std::string kinds_of(const std::vector<Warning>& warnings) {
  std::string text;
  for (const auto& warning : warnings) text.append(text.empty() ? "" : " ").append(warning.kind);
  return text;
}

Json parity_word(const Result& result) {
  const auto holds = parity_holds(result);
  if (!holds) return {};
  return *holds ? "holds" : "fails";
}

Json status_and_reason(const Result& result) {
  if (!result.failure)
    return fmt::format("{}{}", to_string(result.status), is_disturbed(result) ? ", beside other load" : "");
  return fmt::format("{} ({}): {}", to_string(result.status), to_string(result.failure->stage),
                     result.failure->message);
}

// Programs find the guide's axes in every summary.
Column axis(Axis axis) {
  const When summary = axis == Axis::Batch || axis == Axis::Seq ? Always : Present;
  const auto value = [axis](const Result& result) {
    const Axes& axes = result.job.work.axes;
    return axes.has(axis) ? Json(axes[axis]) : Json();
  };
  const AxisInfo& info = info_of(axis);
  return {.key = std::string(info.json_key),
          .value = value,
          .heading = std::string(info.heading),
          .summary = summary,
          .markdown = Differs,
          .screen = Present,
          .place = Place::Shape,
          .align = Align::Right};
}

// The heading is followed by the unit: "p50 ms", "tokens/s", "n".
Column metric(std::string_view key, std::string_view heading = {}, When markdown = Never, When screen = Never,
              Place place = Place::Verdict, std::string_view format = {}) {
  const auto value = [key](const Result& result) { return to_json(result.metrics, key); };
  const MetricInfo* info = find_metric(key);
  if (info == nullptr) throw internal_error("a column of the metric {}, which is in no row", key);
  const bool is_rate = info->unit.starts_with("1/");
  const std::string_view gap = is_rate || info->unit.empty() ? "" : " ";
  return {.key = std::string(key),
          .value = value,
          .heading = fmt::format("{}{}{}", heading, gap, is_rate ? info->unit.substr(1) : info->unit),
          .markdown = markdown,
          .screen = screen,
          .place = place,
          .align = Align::Right,
          .format = format};
}

std::optional<double> mean_pass_ms(const Result& result) {
  const bool has_rounds = unit_of(result.job.work) == Unit::Round && !result.samples.empty();
  return has_rounds ? mean_over_batches_ms(result.samples) : result.metrics.get("latency_ms.mean");
}

// A rate for people: over the median, as the latency beside it. The metric is over the mean.
Column rate(std::string_view key, std::string_view heading, When shown) {
  const auto value = [key](const Result& result) -> Json {
    const auto over_mean = result.metrics.get(key);
    const auto mean = mean_pass_ms(result);
    const auto median = result.metrics.get("latency_ms.p50");
    if (!over_mean || !mean || !median || !(*median > 0)) return {};
    return *over_mean * *mean / *median;
  };
  return {.key = {},
          .value = value,
          .heading = std::string(heading),
          .summary = Never,
          .markdown = shown,
          .screen = shown,
          .place = Place::Rate,
          .align = Align::Right};
}

// "3 of 1000"
Json flips_of_cases(const Result& result) {
  const auto flips = result.metrics.get("eval_flips");
  const auto words = result.metrics.get("eval_words");
  const auto cases = words ? words : result.metrics.get("eval_texts");
  if (!flips || !cases) return {};
  return fmt::format("{:.0f} of {:.0f}", *flips, *cases);
}

// "pass", or the gates that it does not.
Json gates_word(const Result& result) {
  if (!gates_hold(result)) return {};
  std::string failed;
  for (const GateVerdict& verdict : gates_of(result)) {
    if (!verdict.holds) failed += (failed.empty() ? "fails " : " ") + verdict.gate;
  }
  return failed.empty() ? "pass" : failed;
}

// "19.90 to 20.10"
Json interval_of_median(const Result& result) {
  const auto low = result.metrics.get("latency_ms.ci95_low");
  const auto high = result.metrics.get("latency_ms.ci95_high");
  if (!low || !high) return {};
  return fmt::format("{} to {}", format_number(*low), format_number(*high));
}

// In the table they stand in the order of the table of metrics.
std::vector<Column> shown_metrics_beside_the_guides() {
  return {metric("latency_ms.p50", "p50", Present, Always, Place::Median),
          metric("latency_ms.p90", "p90", Never, Present, Place::Tail),
          metric("latency_ms.p95", "p95", Never, Present, Place::Tail),
          metric("latency_ms.p99", "p99", Never, Present, Place::Tail),
          metric("latency_ms.mean", "mean", Never, Always, Place::Mean),
          metric("padding_ratio", "padding", OfTexts, OfTexts, Place::Rate, "{:.3f}"),
          metric("latency_ms.n", "n", Differs, Always, Place::Effort),
          metric("mfu", "mfu", Never, Present, Place::Effort, "{:.3f}"),
          metric("mbu", "mbu", Never, Present, Place::Effort, "{:.3f}"),
          metric("compile_ms", "compile", Present, Never, Place::Effort),
          metric("eval_accuracy", "accuracy", Present, Present, Place::Verdict, "{:.4f}"),
          metric("eval_f1", "F1", Present, Present, Place::Verdict, "{:.4f}")};
}

std::vector<Column> make_columns() {
  std::vector<Column> columns{
      {"model_type", [](const Result& r) { return Json(r.model_type); }},
      {"model", name_of_model, "model", Never, Differs, Always, Place::Model},
  };
  const auto append = [&](const std::vector<Column>& rows) {
    columns.insert(columns.end(), rows.begin(), rows.end());
  };
  for (const auto& row : kAxes) columns.push_back(axis(row.axis));
  append({
      {"precision", [](const Result& r) { return Json(r.job.target.precision); }},
      {"device", [](const Result& r) { return Json(r.device); }, "device", Always, Differs, Always,
       Place::Target},
      {"", asked_and_ran_precision, "precision", Never, Differs, Always, Place::Target},
      metric("avg_latency_ms"),
      metric("tokens_per_second"),
      rate("tokens_per_second", "tokens/s", OfTokens),
      rate("imgs_per_sec", "images/s", Present),
      rate("useful_tokens_per_second", "useful tokens/s", OfTexts),
      rate("texts_per_second", "texts/s", OfTexts),
      {"", interval_of_median, "95 % ms", Never, Present, Never, Place::Mean, Align::Right},
      metric("memory_usage_mb.cpu_rss_start_mb"),
      metric("memory_usage_mb.cpu_rss_end_mb"),
      metric("memory_usage_mb.cpu_rss_peak_mb", "peak RSS", Present, Always, Place::Memory),
      metric("memory_usage_mb.cpu_vms_start_mb"),
      metric("memory_usage_mb.cpu_vms_end_mb"),
      metric("acc_mse"),
      metric("acc_cosine", "cosine", Present, Present, Place::Verdict, "{:.6f}"),
      metric("acc_top1_match"),
      metric("acc_kl"),
      {"acc_error", [](const Result& r) { return text_or_null(r.acc_error); }},
      {"status", [](const Result& r) { return Json(to_string(r.status)); }, "status", Always, Differs, Never,
       Place::Verdict},
      {"backend", [](const Result& r) { return Json(r.job.target.backend); }, "backend", Always, Differs,
       Differs, Place::Backend},
      {"effective_precision", [](const Result& r) { return text_or_null(r.effective_precision); }},
      {"quantization_method", quantization_method, {}, Present},
      {"parity", parity_word, "parity", Always, Differs, Present, Place::Verdict},
      {"timed_region", [](const Result& r) { return Json(to_string(r.job.protocol.region)); }},
  });
  const auto shown = shown_metrics_beside_the_guides();
  for (const auto& row : metric_table()) {
    const auto is_it = [&](const Column& column) { return column.key == row.key; };
    if (std::any_of(columns.begin(), columns.end(), is_it)) continue;
    const auto it = std::find_if(shown.begin(), shown.end(), is_it);
    columns.push_back(it != shown.end() ? *it : metric(row.key));
  }
  append({
      {"", flips_of_cases, "flips", Never, Present, Present, Place::Verdict, Align::Right},
      {"gates", gates_word, "gates", Present, Present, Present, Place::Verdict},
      {"threads", [](const Result& r) { return r.threads > 0 ? Json(r.threads) : Json(); }},
      {"seed", [](const Result& r) { return Json(r.job.work.seed); }},
      {"weights_source", [](const Result& r) { return text_or_null(r.weights_source); }},
      {"inputs_source", [](const Result& r) { return text_or_null(r.inputs_source); }},
      {"padding", of_texts<&TextData::padding>, "pad", Present, Differs, Differs, Place::Shape},
      {"batch_order", of_texts<&TextData::order>, "batch order", Present, Differs, Never, Place::Shape},
      {"texts_used", texts_used, "texts", Present, Differs, Never, Place::Shape, Align::Right},
      {"runtime", [](const Result& r) { return text_or_null(r.runtime.name); }, "runtime", Always, OwnKernels,
       OwnKernels, Place::Backend},
      {"runtime_version", [](const Result& r) { return text_or_null(r.runtime.version); }},
      {"stop_rule", [](const Result& r) { return text_or_null(r.stop_rule); }},
      {"started_at", [](const Result& r) { return text_or_null(r.started_at); }},
      {"warnings", [](const Result& r) { return text_or_null(kinds_of(r.warnings)); }},
      {"", [](const Result& r) { return Json(r.warnings.size()); }, "warnings", Never, Never, Always,
       Place::Verdict, Align::Right},
      {"error", [](const Result& r) { return r.failure ? Json(r.failure->message) : Json(); }},
      {"", status_and_reason, "status", Never, Never, Always, Place::Verdict},
  });
  return columns;
}

}  // namespace

const std::vector<Column>& columns() {
  static const std::vector<Column> kColumns = make_columns();
  return kColumns;
}

bool is_shown(When when, const Column& column, std::span<const Result> results) {
  const auto any = [&](const auto& holds) { return std::any_of(results.begin(), results.end(), holds); };
  const auto has_tokens = [](const Result& row) { return row.metrics.get("tokens_per_second").has_value(); };
  const auto has_texts = [](const Result& row) { return row.job.work.text() != nullptr; };
  switch (when) {
    case Never:
      return false;
    case Always:
      return true;
    case Present:
      return any([&](const Result& row) { return !column.value(row).is_null(); });
    case Differs:
      return any([&](const Result& row) { return column.value(row) != column.value(results.front()); });
    case OfTexts:
      return any(has_texts);
    case OfTokens:
      return any(has_tokens) && !any(has_texts);
    case OwnKernels:
      return any([](const Result& row) { return row.runtime.name.ends_with(kWithOwnKernels); });
  }
  return false;
}

std::vector<const Column*> columns_of(When Column::*form, std::span<const Result> results) {
  std::vector<const Column*> shown;
  for (const auto& column : columns()) {
    if (is_shown(column.*form, column, results)) shown.push_back(&column);
  }
  return shown;
}

void sort_by_place(std::vector<const Column*>& columns) {
  std::stable_sort(columns.begin(), columns.end(),
                   [](const Column* a, const Column* b) { return a->place < b->place; });
}

std::string asked_and_ran_precision(const Result& result) {
  const Target& target = result.job.target;
  const std::string& asked = target.asked_precision.empty() ? target.precision : target.asked_precision;
  const std::string& ran = result.effective_precision.empty() ? target.precision : result.effective_precision;
  const std::string name = target.asked_precision.empty() ? precision_label(target) : asked;
  return ran == asked ? name : fmt::format("{} -> {}", name, ran);
}

std::string cell_text(const Column& column, const Result& result) {
  const Json value = column.value(result);
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number_float()) return dump_line(value);
  const auto number = value.get<double>();
  return column.format.empty() ? format_number(number) : fmt::format(fmt::runtime(column.format), number);
}

std::string name_of_model(const Result& result) {
  const ModelRef& model = result.job.work.model;
  return model.name == result.model_type ? short_name(model) : result.model_type;
}

}  // namespace medbench
