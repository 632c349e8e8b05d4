#include "medbench/run_options.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "base/error.hpp"
#include "medbench/backends.hpp"
#include "medbench/device_choice.hpp"

namespace medbench {

namespace {

constexpr std::array<std::string_view, 3> kPrecisions{"fp32", "fp16", "bf16"};
constexpr std::array<std::string_view, 2> kTimedRegions{"device", "host"};
constexpr IntegerRange kIterations{1, 1'000'000'000};
constexpr IntegerRange kWarmupIterations{0, 1'000'000'000};
constexpr IntegerRange kThreads{1, 4096};
constexpr IntegerRange kSeeds{0, INT64_MAX};
constexpr NumberRange kTimeBudget{0.001, 86'400};  // seconds, up to a day
constexpr NumberRange kTimeout{0.001, 604'800};    // seconds, up to a week

double to_seconds(std::chrono::milliseconds limit) {
  return std::chrono::duration<double>(limit).count();
}

std::chrono::milliseconds to_milliseconds(double seconds) {
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

}  // namespace

RunOptionsParser::RunOptionsParser(OptionParser& parser, RunOptions& options)
    : options_(options),
      timed_region_(to_string(options.timed_region)),
      load_timeout_s_(to_seconds(options.worker.limits.load)),
      compile_timeout_s_(to_seconds(options.worker.limits.compile)),
      run_timeout_s_(to_seconds(options.worker.limits.run)) {
  parser.text("--backend", options.backend);
  parser.texts("--backend-option", backend_options_);
  parser.text("--device", options.device);
  parser.choice("--precision", kPrecisions, options.precision);
  parser.integer("--num-iterations", kIterations, options.num_iterations);
  parser.integer("--warmup-iterations", kWarmupIterations, options.warmup_iterations);
  parser.number("--time-budget", kTimeBudget, options.time_budget_s);
  parser.integer("--threads", kThreads, options.threads);
  parser.integer("--seed", kSeeds, options.seed);
  parser.choice("--timed-region", kTimedRegions, timed_region_);
  parser.text("--output-dir", options.output_dir);
  parser.text("--save-outputs", options.save_outputs);
  parser.number("--load-timeout", kTimeout, load_timeout_s_);
  parser.number("--compile-timeout", kTimeout, compile_timeout_s_);
  parser.number("--run-timeout", kTimeout, run_timeout_s_);
  parser.flag("--debug-io", options.debug_io);
  parser.flag("--json", options.json);
  parser.flag("--quiet", options.quiet);
}

void RunOptionsParser::finish() {
  options_.timed_region =
      timed_region_ == to_string(TimedRegion::Host) ? TimedRegion::Host : TimedRegion::Device;
  options_.worker.libexec = default_libexec();
  options_.worker.limits = {.load = to_milliseconds(load_timeout_s_),
                            .compile = to_milliseconds(compile_timeout_s_),
                            .run = to_milliseconds(run_timeout_s_)};
  if (options_.device && !is_device_name(*options_.device)) {
    throw usage_error("--device {}: unknown; give cpu, cuda or cuda:N", printable(*options_.device));
  }
  for (const auto& option : backend_options_) {
    const auto equals = option.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw usage_error("--backend-option {}: give key=value", printable(option));
    }
    const auto [place, is_new] =
        options_.backend_options.emplace(option.substr(0, equals), option.substr(equals + 1));
    if (!is_new) throw usage_error("--backend-option {}: the key is given twice", printable(place->first));
  }
}

void check_backend(const RunOptions& options) {
  const auto installed = installed_backends(options.worker.libexec);
  if (std::find(installed.begin(), installed.end(), options.backend) != installed.end()) return;
  if (const KnownBackend* known = find_known_backend(options.backend)) {
    throw environment_error("--backend {}: its worker is not in {}; {}", options.backend,
                            options.worker.libexec.string(), known->when_missing);
  }
  std::string names;
  for (const auto& name : installed) names.append(names.empty() ? "" : ", ").append(name);
  throw usage_error("--backend {}: unknown; installed: {}", printable(options.backend),
                    names.empty() ? "none" : names);
}

}  // namespace medbench
