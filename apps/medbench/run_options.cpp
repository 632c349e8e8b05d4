#include "medbench/run_options.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "base/error.hpp"
#include "base/user_path.hpp"
#include "campaign/backends.hpp"
#include "machine/cpu_limits.hpp"
#include "machine/machine.hpp"
#include "machine/numa.hpp"
#include "machine/proc_file.hpp"
#include "medbench/command_words.hpp"
#include "models/suggestion.hpp"

namespace medbench {

namespace {

constexpr std::array<std::string_view, 2> kTimedRegions{"device", "host"};
constexpr std::array<std::string_view, 3> kCudaGraphs{"auto", "on", "off"};
constexpr IntegerRange kIterations{1, 1'000'000'000};
constexpr IntegerRange kWarmupIterations{0, 1'000'000'000};
constexpr IntegerRange kRestarts{1, 1000};
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

RunOptionsParser::RunOptionsParser(OptionParser& parser, const RunOptionNames& names, RunOptions& options)
    : options_(options),
      timed_region_(to_string(options.timed_region)),
      load_timeout_s_(to_seconds(options.worker.limits.load)),
      compile_timeout_s_(to_seconds(options.worker.limits.compile)),
      run_timeout_s_(to_seconds(options.worker.limits.run)) {
  parser.texts("--backend-option", backend_options_);
  parser.flag("--allow-tf32", allow_tf32_);
  parser.choice("--cuda-graphs", kCudaGraphs, cuda_graphs_);
  parser.integer(names.iterations, kIterations, options.num_iterations);
  parser.integer(names.warmup, kWarmupIterations, options.warmup_iterations);
  parser.number("--time-budget", kTimeBudget, options.time_budget_s);
  parser.integer("--restarts", kRestarts, options.restarts);
  parser.integer("--threads", kThreads, options.threads);
  parser.text("--numa-node", numa_node_);
  parser.integer("--seed", kSeeds, options.seed);
  parser.choice("--timed-region", kTimedRegions, timed_region_);
  parser.path(names.output, options.output_dir);
  parser.path("--save-outputs", options.save_outputs);
  parser.path("--libexec", libexec_);
  parser.text("--launcher", launcher_);
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
  // Behind a launcher it is a folder of another machine.
  if (!launcher_) check_libexec(libexec_);
  use_libexec(libexec_, options_.worker);
  choose_numa_node();
  options_.worker.limits = {.load = to_milliseconds(load_timeout_s_),
                            .compile = to_milliseconds(compile_timeout_s_),
                            .run = to_milliseconds(run_timeout_s_)};
  if (launcher_) options_.worker.launcher = split_command("--launcher", *launcher_);
  for (const auto& option : backend_options_)
    add_backend_option("--backend-option", split_option("--backend-option", option));
  if (allow_tf32_) add_backend_option("--allow-tf32", {"torch.allow_tf32", "true"});
  if (!cuda_graphs_.empty()) {
    add_backend_option("--cuda-graphs", {"torch.cuda_graphs", cuda_graphs_});
    add_backend_option("--cuda-graphs", {"ort.cuda_graphs", cuda_graphs_});
    add_backend_option("--cuda-graphs", {"trt.cuda_graphs", cuda_graphs_});
  }
}

void RunOptionsParser::choose_numa_node() {
  if (numa_node_ == "auto") return;
  options_.numa_node = kAllNumaNodes;
  if (numa_node_ == "all") return;
  const auto number = parse_number(numa_node_);
  const std::string given = "--numa-node " + printable(numa_node_);
  if (!number || *number < 0) throw usage_error("{}: give auto, all or the number of a node", given);
  options_.numa_node = number;
  // Behind a launcher it is a node of another machine.
  if (launcher_) return;
  try {
    find_node(read_numa_nodes(allowed_cpus()), *number);
  } catch (const Error& error) {
    throw error.about(given);
  }
}

void RunOptionsParser::add_backend_option(std::string_view flag, std::pair<std::string, std::string> option) {
  const auto [place, is_new] = options_.backend_options.insert(std::move(option));
  if (!is_new) throw usage_error("{} {}: the key is given twice", flag, printable(place->first));
}

void check_libexec(const std::string& libexec) {
  if (libexec.empty() || std::filesystem::is_directory(libexec)) return;
  throw usage_error("--libexec {}: there is no such folder; give libexec/medbench of a build",
                    printable(libexec));
}

void use_libexec(const std::string& libexec, WorkerOptions& worker) {
  worker.libexec = libexec.empty() ? default_libexec() : std::filesystem::path(libexec);
  worker.parking.available_mb = [] { return read_machine_profile().memory_available_mb; };
}

std::pair<std::string, std::string> split_option(std::string_view option, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos)
    throw usage_error("{} {}: give key=value", option, printable(text));
  return {text.substr(0, equals), expand_user(text.substr(equals + 1))};
}

bool is_installed(const std::string& backend, const WorkerOptions& worker) {
  const auto installed = installed_backends(worker.libexec);
  return std::find(installed.begin(), installed.end(), backend) != installed.end();
}

void check_backend_name(const std::string& backend, const WorkerOptions& worker) {
  if (find_known_backend(backend) != nullptr || is_installed(backend, worker)) return;
  const bool is_safe =
      backend.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  if (!worker.launcher.empty() && is_safe) return;
  std::string names;
  const auto installed = installed_backends(worker.libexec);
  std::vector<std::string_view> all(installed.begin(), installed.end());
  for (const auto& name : installed) names.append(names.empty() ? "" : ", ").append(name);
  for (const auto& known : known_backends()) all.push_back(known.name);
  // "onnx" is no misspelling, but the beginning of a name.
  const auto begun =
      std::ranges::find_if(all, [&](std::string_view name) { return name.starts_with(backend); });
  const auto nearest = begun != all.end() ? std::optional(*begun) : nearest_name(backend, all);
  throw usage_error("--backend {}: unknown{}; installed: {}", printable(backend),
                    nearest ? fmt::format(", did you mean {}?", *nearest) : "",
                    names.empty() ? "none" : names);
}

Job base_job(const RunOptions& options) {
  Job job;
  job.protocol.warmup_iterations = options.warmup_iterations;
  job.protocol.num_iterations = options.num_iterations;
  job.protocol.time_budget_s = options.time_budget_s;
  job.protocol.restarts = options.restarts;
  job.protocol.numa_node = options.numa_node;
  job.work.seed = static_cast<std::uint64_t>(options.seed);
  job.target.threads = options.threads;
  job.protocol.region = options.timed_region;
  job.target.options = options.backend_options;
  return job;
}

}  // namespace medbench
