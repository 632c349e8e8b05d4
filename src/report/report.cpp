#include "report/report.hpp"

#include <array>

namespace medbench {

namespace {

constexpr std::array kSummaryFiles{SummaryFile{"summary.csv", render_csv},
                                   SummaryFile{"summary.json", render_summary_json},
                                   SummaryFile{"summary.md", render_markdown}};

}  // namespace

std::span<const SummaryFile> summary_files() {
  return kSummaryFiles;
}

std::string render_json(std::span<const Result> results) {
  Json array = Json::array();
  for (const auto& result : results) array.push_back(to_json(result));
  return dump_pretty(array) + "\n";
}

}  // namespace medbench
