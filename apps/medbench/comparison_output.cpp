#include "medbench/comparison_output.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/output.hpp"

namespace medbench {

namespace {

constexpr NumberRange kPercent{0, 1000};

}  // namespace

void declare(OptionParser& parser, ComparisonOptions& options) {
  parser.number("--same", kPercent, options.same_percent);
  parser.number("--max-slowdown", kPercent, options.max_slowdown_percent);
  parser.path("--junit", options.junit);
  parser.path("--markdown", options.markdown);
  parser.flag("--json", options.json);
  parser.flag("--quiet", options.quiet);
}

void check_output_files(const ComparisonOptions& options) {
  for (const auto& [option, file] :
       {std::pair{"--junit", &options.junit}, std::pair{"--markdown", &options.markdown}}) {
    if (!*file) continue;
    const std::filesystem::path path = **file;
    if (std::filesystem::is_directory(path))
      throw usage_error("{} {}: it is a folder", option, printable(**file));
    ensure_writable_directory(path.has_parent_path() ? path.parent_path() : ".");
  }
}

void show_comparison(std::span<const ComparedRow> rows, const ComparisonOptions& options) {
  if (options.junit) {
    const double limit = options.max_slowdown_percent.value_or(kPercent.high) / 100;
    replace_file(*options.junit, render_junit(rows, limit));
  }
  if (options.markdown) replace_file(*options.markdown, render_comparison_markdown(rows));
  if (options.json) {
    Json json = Json::array();
    for (const ComparedRow& row : rows) json.push_back(to_json(row));
    print_output(dump_pretty(rows.size() == 1 ? json.front() : Json{{"rows", json}}) + "\n");
  } else if (!options.quiet) {
    print_output(render_comparison(rows));
  }
}

int exit_code_of_rows(std::span<const ComparedRow> rows, double max_slowdown) {
  const auto any = [&](Gate gate) {
    return std::ranges::any_of(rows,
                               [&](const ComparedRow& row) { return gate_of(row, max_slowdown) == gate; });
  };
  if (any(Gate::Failed)) return kExitRowNotOk;
  return any(Gate::CannotTell) ? kExitCannotTell : kExitOk;
}

int exit_code_of_measured(std::span<const ComparedRow> rows, double max_slowdown) {
  const auto failed = [](const ComparedRow& row) { return !row.problem.empty(); };
  return std::ranges::any_of(rows, failed) ? exit_code(ErrorKind::Usage)
                                           : exit_code_of_rows(rows, max_slowdown);
}

}  // namespace medbench
