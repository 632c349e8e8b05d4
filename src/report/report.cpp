#include "report/report.hpp"

#include <array>

namespace medbench {

namespace {

constexpr std::array kFormats{
    ReportFormat{"table", render_table},       ReportFormat{"json", render_json},
    ReportFormat{"csv", render_csv},           ReportFormat{"summary_json", render_summary_json},
    ReportFormat{"markdown", render_markdown},
};

}  // namespace

std::span<const ReportFormat> report_formats() {
  return kFormats;
}

std::string render_json(std::span<const Result> results) {
  Json array = Json::array();
  for (const auto& result : results) array.push_back(to_json(result));
  return dump_pretty(array) + "\n";
}

}  // namespace medbench
