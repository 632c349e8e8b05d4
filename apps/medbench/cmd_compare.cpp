// `medbench compare`: whether stored results are faster than others, and how sure that is.
#include <array>
#include <string>
#include <vector>

#include "campaign/compare_runs.hpp"
#include "medbench/commands.hpp"
#include "medbench/comparison_output.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/option_parser.hpp"

namespace medbench {

namespace {

constexpr std::array<std::string_view, 2> kPathNames{"BASELINE", "CANDIDATE"};

struct CompareOptions {
  ComparisonOptions comparison;
  std::vector<std::string> paths;
};

void declare(OptionParser& parser, CompareOptions& options) {
  declare(parser, options.comparison);
  parser.positionals(kPathNames, options.paths);
}

}  // namespace

int run_compare(std::span<const std::string> arguments) {
  CompareOptions options;
  OptionParser parser("medbench compare");
  declare(parser, options);
  parser.parse(arguments);
  check_output_files(options.comparison);
  const auto rows = compare_runs(options.paths[0], options.paths[1], options.comparison.same_percent / 100);
  show_comparison(rows, options.comparison);
  const auto& limit = options.comparison.max_slowdown_percent;
  return limit ? exit_code_of_rows(rows, *limit / 100) : kExitOk;
}

std::vector<std::string> compare_option_names() {
  CompareOptions options;
  OptionParser parser("medbench compare");
  declare(parser, options);
  return parser.names();
}

}  // namespace medbench
