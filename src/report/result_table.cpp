#include <algorithm>
#include <array>
#include <optional>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "report/report.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

struct MetricColumn {
  std::string_view key;
  std::string_view title;
  bool only_where_present;
  std::optional<int> decimals = std::nullopt;  // else by the size and the unit
};

constexpr std::array kMetricColumns{
    MetricColumn{"latency_ms.p50", "p50", false},
    MetricColumn{"latency_ms.mean", "mean", false},
    MetricColumn{"latency_ms.p90", "p90", true},
    MetricColumn{"latency_ms.p95", "p95", true},
    MetricColumn{"latency_ms.p99", "p99", true},
    MetricColumn{"tokens_per_second", "tokens", false},
    MetricColumn{"memory_usage_mb.cpu_rss_peak_mb", "peak RSS", false},
    MetricColumn{"latency_ms.n", "n", false},
    MetricColumn{"mfu", "mfu", true, 3},
    MetricColumn{"acc_cosine", "cosine", true, 6},
};

// "p50 ms", "tokens/s", "n"
std::string header_of(const MetricColumn& column) {
  const MetricInfo* info = find_metric(column.key);
  const std::string_view unit = info == nullptr ? "" : info->unit;
  if (unit.starts_with("1/")) return fmt::format("{}{}", column.title, unit.substr(1));
  return unit.empty() ? std::string(column.title) : fmt::format("{} {}", column.title, unit);
}

std::vector<MetricColumn> columns_for(std::span<const Result> results) {
  std::vector<MetricColumn> columns;
  for (const auto& column : kMetricColumns) {
    const bool present = std::any_of(results.begin(), results.end(), [&](const Result& result) {
      return result.metrics.get(column.key).has_value();
    });
    if (present || !column.only_where_present) columns.push_back(column);
  }
  return columns;
}

// A count has no decimals, whatever its size.
std::string metric_cell(const Result& result, const MetricColumn& column) {
  const auto value = result.metrics.get(column.key);
  if (!value) return "-";
  if (column.decimals) return fmt::format("{:.{}f}", *value, *column.decimals);
  const MetricInfo* info = find_metric(column.key);
  return info != nullptr && info->unit.empty() ? fmt::format("{:.0f}", *value) : format_number(*value);
}

// "fp16 -> fp32" where something else ran than what was asked for.
std::string precision_cell(const Result& result) {
  const Target& target = result.job.target;
  const std::string& asked = target.asked_precision.empty() ? target.precision : target.asked_precision;
  const std::string& ran = result.effective_precision.empty() ? target.precision : result.effective_precision;
  return ran == asked ? asked : fmt::format("{} -> {}", asked, ran);
}

std::string parity_cell(const Result& result) {
  const auto holds = parity_holds(result);
  if (!holds) return "-";
  return *holds ? "holds" : "fails";
}

// A path by its last part; the whole is in the file.
std::string name_of_model(const Result& result) {
  const ModelRef& model = result.job.work.model;
  return model.name == result.model_type ? short_name(model) : result.model_type;
}

// Those that some row has.
std::vector<Axis> axes_of(std::span<const Result> results) {
  std::vector<Axis> axes;
  for (const auto& row : kAxes) {
    const bool present = std::any_of(results.begin(), results.end(), [&](const Result& result) {
      return result.job.work.axes.has(row.axis);
    });
    if (present) axes.push_back(row.axis);
  }
  return axes;
}

bool has_several_backends(std::span<const Result> results) {
  return std::any_of(results.begin(), results.end(), [&](const Result& result) {
    return result.job.target.backend != results.front().job.target.backend;
  });
}

std::string status_cell(const Result& result) {
  std::string text(to_string(result.status));
  if (!result.failure) return text;
  return fmt::format("{} ({}): {}", text, to_string(result.failure->stage), result.failure->message);
}

}  // namespace

std::string render_table(std::span<const Result> results) {
  const auto metric_columns = columns_for(results);
  const bool shows_backend = has_several_backends(results);
  const bool shows_parity = std::any_of(results.begin(), results.end(),
                                        [](const Result& row) { return parity_holds(row).has_value(); });
  std::vector<TextColumn> columns{{"model"}};
  if (shows_backend) columns.push_back({"backend"});
  columns.insert(columns.end(), {{"device"}, {"precision"}});
  const auto axes = axes_of(results);
  for (const Axis axis : axes) columns.push_back({std::string(info_of(axis).heading), Align::Right});
  for (const auto& column : metric_columns) columns.push_back({header_of(column), Align::Right});
  if (shows_parity) columns.push_back({"parity"});
  columns.push_back({"warnings", Align::Right});
  columns.push_back({"status"});

  TextTable table(std::move(columns));
  for (const auto& result : results) {
    std::vector<std::string> cells{name_of_model(result)};
    if (shows_backend) cells.push_back(result.job.target.backend);
    cells.insert(cells.end(), {result.device, precision_cell(result)});
    for (const Axis axis : axes) cells.push_back(std::to_string(result.job.work.axes[axis]));
    for (const auto& column : metric_columns) cells.push_back(metric_cell(result, column));
    if (shows_parity) cells.push_back(parity_cell(result));
    cells.push_back(std::to_string(result.warnings.size()));
    cells.push_back(status_cell(result));
    table.add_row(std::move(cells));
  }
  return table.render();
}

std::string render_warnings(std::span<const Result> results) {
  struct Entry {
    Warning first;
    std::size_t rows = 0;
  };
  std::vector<Entry> entries;  // in the order of their first appearance
  for (const auto& result : results) {
    for (const auto& warning : result.warnings) {
      const auto same = [&](const Entry& entry) { return entry.first.kind == warning.kind; };
      const auto it = std::find_if(entries.begin(), entries.end(), same);
      if (it == entries.end()) {
        entries.push_back({warning, 1});
      } else {
        ++it->rows;
      }
    }
  }
  if (entries.empty()) return {};
  std::string text = "Warnings:\n";
  for (const auto& entry : entries) {
    const std::string advice = entry.first.advice.empty() ? "" : " -> " + printable(entry.first.advice);
    text += fmt::format("  {} ({} of {} rows): {}{}\n", printable(entry.first.kind), entry.rows,
                        results.size(), printable(entry.first.text), advice);
  }
  return text;
}

}  // namespace medbench
