// `medbench report`: results as one page of HTML.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "campaign/report_sources.hpp"
#include "medbench/commands.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/option_parser.hpp"
#include "medbench/output.hpp"
#include "medbench/page_file.hpp"
#include "medbench/row_command.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOut = "--out";

struct ReportOptions {
  std::vector<std::string> paths;
  std::string out = "report.html";
  bool quiet = false;
};

void declare(OptionParser& parser, ReportOptions& options) {
  parser.path(kOut, options.out);
  parser.also(kOut, "-o");
  parser.flag("--quiet", options.quiet);
  parser.positional_list("FOLDER", options.paths);
}

void tell(const PageInput& input) {
  for (const LeftOut& left : input.left_out)
    print_information(fmt::format("left out: {}: {}", left.file, left.reason));
  if (input.superseded > 0) {
    print_information(
        fmt::format("{} result{} of a configuration that was measured again on the same machine: the newest "
                    "is on the page",
                    input.superseded, input.superseded == 1 ? "" : "s"));
  }
}

}  // namespace

int run_report(std::span<const std::string> arguments) {
  ReportOptions options;
  OptionParser parser("medbench report");
  declare(parser, options);
  parser.parse(arguments);
  check_page_file(options.out);
  ReportSources sources({options.paths.begin(), options.paths.end()});
  sources.read();
  PageInput input = sources.take(row_command);
  if (!options.quiet) tell(input);
  if (input.results.empty()) {
    throw usage_error(
        "no result is in what was given, so no page is written; give a folder that medbench matrix, medical "
        "or imaging wrote");
  }
  const std::size_t rows = input.results.size();
  const std::size_t left_out = input.left_out.size();
  write_page(options.out, std::move(input));
  if (!options.quiet) {
    print_output(fmt::format("{}: {} row{}, {} file{} left out\n", printable(options.out, 4096), rows,
                             rows == 1 ? "" : "s", left_out, left_out == 1 ? "" : "s"));
  }
  return kExitOk;
}

std::vector<std::string> report_option_names() {
  ReportOptions options;
  OptionParser parser("medbench report");
  declare(parser, options);
  return parser.names();
}

}  // namespace medbench
