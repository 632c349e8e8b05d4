#include "report/page/answer_facts.hpp"

#include <fmt/format.h>
#include <string_view>

#include "accuracy/gates.hpp"
#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "report/columns.hpp"
#include "report/evaluation.hpp"
#include "report/fastest.hpp"
#include "report/page/html.hpp"
#include "report/page/parity_words.hpp"
#include "report/page/row_words.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

std::string fact(std::string_view name, const std::string& value) {
  return value.empty() ? value : fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
}

std::string metric_text(const Result& row, std::string_view key, std::string_view unit) {
  const auto value = row.metrics.get(key);
  return value ? fmt::format("{} {}", format_number(*value), unit) : std::string();
}

std::string start_text(const Result& row) {
  const auto startup = row.metrics.get("startup_ms");
  if (!startup) return {};
  constexpr double kMs = 1000;
  return fmt::format("{} s", format_number((*startup + row.metrics.get("first_run_ms").value_or(0)) / kMs));
}

// Every rate that people read, over the median.
std::string rate_facts(const Result& row) {
  std::string html;
  for (const Column& column : columns()) {
    if (column.place == Place::Rate && is_shown(column.screen, column, {&row, 1}))
      html +=
          fact("throughput", fmt::format("{} {}", as_html(cell_text(column, row)), as_html(column.heading)));
  }
  return html;
}

std::string memory_text(const Result& row) {
  std::string text = metric_text(row, "memory_usage_mb.cpu_rss_peak_mb", "MiB");
  const std::string device = metric_text(row, "memory_usage_mb.gpu_reserved_peak_mb", "MiB on the device");
  return device.empty() ? text : text + (text.empty() ? "" : ", ") + device;
}

std::string energy_text(const Result& row) {
  const std::string card = metric_text(row, "gpu_energy_mj_per_iteration", "mJ a pass");
  return card.empty() ? metric_text(row, "cpu_energy_mj_per_iteration", "mJ a pass") : card;
}

std::string parity_text(const Result& row) {
  const auto holds = parity_holds(row);
  if (!holds) return "not checked";
  const auto cosine = row.metrics.get("acc_cosine");
  const ParityBound* bound = find_parity_bound(row.job.target.precision);
  std::string text = *holds ? "holds" : "fails";
  if (cosine) text += fmt::format("<small>cosine {:.6f}</small>", *cosine);
  if (cosine && bound != nullptr) text += fmt::format("<small>at least {}</small>", bound->least_cosine);
  if (const std::string basis = parity_basis(row); !basis.empty())
    text += fmt::format("<small>beside torch cpu fp32 on {}</small>", as_html(basis));
  return text;
}

// On labelled data: scores beside those of fp32, and what became of the gates.
std::string labelled_text(const Result& row) {
  std::string text;
  for (const std::string& score : scores_of(row)) text += (text.empty() ? "" : "<br>") + score;
  const std::string flips = describe_flips(row);
  if (!flips.empty()) text += fmt::format("<small>changes {}</small>", as_html(flips));
  for (const GateVerdict& verdict : gates_of(row)) {
    text += fmt::format("<small>{} gate {}</small>", verdict.holds ? "passes" : "fails",
                        as_html(describe(verdict)));
  }
  return text;
}

std::string latency_text(const Result& row) {
  std::string text = fmt::format("{} ms", format_number(median_ms_of(row)));
  const std::string interval = interval_text(row);
  const std::string why = why_absent(row, "latency_ms.ci95_low");
  if (!interval.empty()) text += fmt::format("<small>95 %: {}</small>", interval);
  if (!why.empty()) text += fmt::format("<small>no 95 % interval: {}</small>", as_html(why));
  if (const std::string parts = parts_text(row); !parts.empty())
    text += fmt::format("<small>medians {}</small>", parts);
  return text;
}

}  // namespace

std::string render_facts(const Result& row) {
  return fact("latency, p50", latency_text(row)) + rate_facts(row) + fact("memory", memory_text(row)) +
         fact("start to first answer", start_text(row)) + fact("energy", energy_text(row)) +
         fact("parity", parity_text(row)) + fact("labelled data", labelled_text(row));
}

}  // namespace medbench
