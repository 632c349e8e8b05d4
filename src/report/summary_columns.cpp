#include "report/summary_columns.hpp"

#include <algorithm>
#include <array>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"

namespace medbench {

namespace {

Json text_or_null(std::string text) {
  return text.empty() ? Json() : Json(std::move(text));
}

SummaryColumn metric(std::string_view key) {
  return {std::string(key), [key](const Result& result) {
            const auto value = result.metrics.get(key);
            return value ? Json(*value) : Json();
          }};
}

SummaryColumn axis(Axis axis) {
  return {std::string(info_of(axis).json_key), [axis](const Result& result) {
            const Axes& axes = result.job.work.axes;
            return axes.has(axis) ? Json(axes[axis]) : Json();
          }};
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

// Metrics that the guide names, in its order; the others follow later in that of their table.
constexpr std::array<std::string_view, 11> kGuideMetrics{"avg_latency_ms",
                                                         "tokens_per_second",
                                                         "memory_usage_mb.cpu_rss_start_mb",
                                                         "memory_usage_mb.cpu_rss_end_mb",
                                                         "memory_usage_mb.cpu_rss_peak_mb",
                                                         "memory_usage_mb.cpu_vms_start_mb",
                                                         "memory_usage_mb.cpu_vms_end_mb",
                                                         "acc_mse",
                                                         "acc_cosine",
                                                         "acc_top1_match",
                                                         "acc_kl"};

std::vector<SummaryColumn> make_columns() {
  std::vector<SummaryColumn> columns{
      {"model_type", [](const Result& r) { return Json(r.model_type); }},
      axis(Axis::Batch),
      axis(Axis::Seq),
      {"precision", [](const Result& r) { return Json(r.job.target.precision); }},
      {"device", [](const Result& r) { return Json(r.device); }},
  };
  for (const auto key : kGuideMetrics) columns.push_back(metric(key));
  const std::vector<SummaryColumn> names{
      {"acc_error", [](const Result& r) { return text_or_null(r.acc_error); }},
      {"status", [](const Result& r) { return Json(to_string(r.status)); }},
      {"backend", [](const Result& r) { return Json(r.job.target.backend); }},
      {"effective_precision", [](const Result& r) { return text_or_null(r.effective_precision); }},
      {"parity", parity_word},
      {"timed_region", [](const Result& r) { return Json(to_string(r.job.protocol.region)); }},
  };
  columns.insert(columns.end(), names.begin(), names.end());
  for (const auto& row : metric_table()) {
    if (std::find(kGuideMetrics.begin(), kGuideMetrics.end(), row.key) == kGuideMetrics.end())
      columns.push_back(metric(row.key));
  }
  const std::vector<SummaryColumn> origins{
      {"threads", [](const Result& r) { return r.threads > 0 ? Json(r.threads) : Json(); }},
      {"seed", [](const Result& r) { return Json(r.job.work.seed); }},
      {"weights_source", [](const Result& r) { return text_or_null(r.weights_source); }},
      {"inputs_source", [](const Result& r) { return text_or_null(r.inputs_source); }},
      {"runtime", [](const Result& r) { return text_or_null(r.runtime.name); }},
      {"runtime_version", [](const Result& r) { return text_or_null(r.runtime.version); }},
      {"stop_rule", [](const Result& r) { return text_or_null(r.stop_rule); }},
      {"started_at", [](const Result& r) { return text_or_null(r.started_at); }},
      {"warnings", [](const Result& r) { return text_or_null(kinds_of(r.warnings)); }},
      {"error", [](const Result& r) { return r.failure ? Json(r.failure->message) : Json(); }},
  };
  columns.insert(columns.end(), origins.begin(), origins.end());
  return columns;
}

}  // namespace

const std::vector<SummaryColumn>& summary_columns() {
  static const std::vector<SummaryColumn> kColumns = make_columns();
  return kColumns;
}

const SummaryColumn& summary_column(std::string_view name) {
  for (const auto& column : summary_columns()) {
    if (column.name == name) return column;
  }
  throw internal_error("the summary has no column {}", name);
}

}  // namespace medbench
