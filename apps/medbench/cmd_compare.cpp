// `medbench compare`: whether one saved result is faster than another, and how sure that is.
#include <array>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "job/result.hpp"
#include "medbench/commands.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/option_parser.hpp"
#include "medbench/output.hpp"
#include "report/text_table.hpp"
#include "stats/compare.hpp"

namespace medbench {

namespace {

constexpr std::array<std::string_view, 2> kFileNames{"BASELINE.json", "CANDIDATE.json"};

struct CompareOptions {
  bool json = false;
  std::vector<std::string> files;
};

void declare(OptionParser& parser, CompareOptions& options) {
  parser.flag("--json", options.json);
  parser.positionals(kFileNames, options.files);
}

Result read_result(const std::string& file) {
  const Json json = read_json_file(file);  // names the file itself
  Result result;
  try {
    result = result_from_json(json);
  } catch (const Error& error) {
    throw error.about(printable(file));
  }
  if (result.status != Status::Ok || result.samples.empty()) {
    throw usage_error(
        "{}: its status is {} and it holds {} samples; only a measurement that worked can be compared",
        printable(file), to_string(result.status), result.samples.size());
  }
  return result;
}

// Rows of different work are never compared: their ratio would say nothing.
void check_same_work(const Result& baseline, const Result& candidate) {
  auto difference = find_difference(baseline.job.work, candidate.job.work);
  if (!difference && baseline.job.protocol.region != candidate.job.protocol.region) {
    difference = fmt::format("the timed region differs, {} and {}", to_string(baseline.job.protocol.region),
                             to_string(candidate.job.protocol.region));
  }
  if (difference) throw usage_error("cannot compare: {}", *difference);
}

std::string describe(const Result& result) {
  return fmt::format("{} {} {}, {} thread(s), {}", result.job.target.backend, result.device,
                     result.job.target.precision, result.threads, result.started_at);
}

Json side(const std::string& file, const Result& result) {
  return {{"file", file},
          {"median_ms", result.metrics.get("latency_ms.p50").value_or(0)},
          {"n", result.samples.size()}};
}

std::string render_text(const Result& baseline, const Result& candidate,
                        const std::optional<RatioEstimate>& estimate, Verdict verdict) {
  TextTable table({{"result"}, {"p50 ms", Align::Right}, {"n", Align::Right}, {"what ran"}});
  const auto add = [&](std::string name, const Result& result) {
    const auto median = result.metrics.get("latency_ms.p50");
    table.add_row({std::move(name), median ? format_number(*median) : "-",
                   std::to_string(result.samples.size()), describe(result)});
  };
  add("baseline", baseline);
  add("candidate", candidate);
  std::string text = table.render();
  if (estimate) {
    text += fmt::format("\nratio of medians {:.4f}, 95 % interval {:.4f} to {:.4f}\n", estimate->ratio,
                        estimate->interval.low, estimate->interval.high);
  } else {
    text += "\ntoo few samples for a ratio\n";
  }
  return text + fmt::format("the candidate is: {}\n", to_string(verdict));
}

}  // namespace

int run_compare(std::span<const std::string> arguments) {
  CompareOptions options;
  OptionParser parser("medbench compare");
  declare(parser, options);
  parser.parse(arguments);

  const Result baseline = read_result(options.files[0]);
  const Result candidate = read_result(options.files[1]);
  check_same_work(baseline, candidate);
  const auto estimate = compare_medians(latencies_ms(candidate.samples), latencies_ms(baseline.samples));
  const Verdict verdict = judge(estimate);
  if (!options.json) {
    print_output(render_text(baseline, candidate, estimate, verdict));
    return kExitOk;
  }
  Json json{{"baseline", side(options.files[0], baseline)}, {"candidate", side(options.files[1], candidate)}};
  json["ratio"] = estimate ? Json(estimate->ratio) : Json();
  json["ratio_ci95_low"] = estimate ? Json(estimate->interval.low) : Json();
  json["ratio_ci95_high"] = estimate ? Json(estimate->interval.high) : Json();
  json["verdict"] = to_string(verdict);
  print_output(dump_pretty(json) + "\n");
  return kExitOk;
}

std::vector<std::string> compare_option_names() {
  CompareOptions options;
  OptionParser parser("medbench compare");
  declare(parser, options);
  return parser.names();
}

}  // namespace medbench
