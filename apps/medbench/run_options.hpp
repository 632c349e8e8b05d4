// The options that every subcommand which measures has in common.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medbench/option_parser.hpp"
#include "runner/runner.hpp"

namespace medbench {

struct RunOptions {
  std::map<std::string, std::string> backend_options;
  std::optional<std::int64_t> num_iterations;
  std::optional<std::int64_t> warmup_iterations;
  double time_budget_s = 20;
  std::int64_t restarts = 1;
  std::int64_t threads = 0;               // 0: the worker chooses the physical cores
  std::optional<std::int64_t> numa_node;  // as in Protocol
  std::int64_t seed = 42;
  TimedRegion timed_region = TimedRegion::Device;
  std::string output_dir;
  std::optional<std::string> save_outputs;
  WorkerOptions worker;
  bool debug_io = false;
  bool json = false;
  bool quiet = false;
};

// What the subcommands call differently.
struct RunOptionNames {
  std::string_view iterations;
  std::string_view warmup;
  std::string_view output;
};

// What the options leave as text until finish() has read it.
class RunOptionsParser {
 public:
  RunOptionsParser(OptionParser& parser, const RunOptionNames& names, RunOptions& options);
  // After parse(). Throws Usage: a backend option without "=" or given twice, a launcher that is no command.
  void finish();

 private:
  void choose_numa_node();
  void add_backend_option(std::string_view flag, std::pair<std::string, std::string> option);

  RunOptions& options_;
  std::string timed_region_;
  std::vector<std::string> backend_options_;
  bool allow_tf32_ = false;
  std::string numa_node_ = "auto";
  std::string cuda_graphs_;
  std::string libexec_;
  std::optional<std::string> launcher_;
  double load_timeout_s_;
  double compile_timeout_s_;
  double run_timeout_s_;
};

// What --libexec says; empty: it is not given. Throws Usage where there is no such folder.
void check_libexec(const std::string& libexec);
// Workers of that folder, or those beside this program, that wait as far as this machine's memory goes.
void use_libexec(const std::string& libexec, WorkerOptions& worker);

// "key=value" cut at the first "=", with a ~ at the beginning of the value expanded. Throws Usage, naming
// `option`, where there is no key or no "=".
std::pair<std::string, std::string> split_option(std::string_view option, const std::string& text);

// Throws Usage for a backend that nobody knows. Behind a launcher any name that a worker could have is good.
void check_backend_name(const std::string& backend, const WorkerOptions& worker);
bool is_installed(const std::string& backend, const WorkerOptions& worker);

// A job with all that these options say about it.
Job base_job(const RunOptions& options);

}  // namespace medbench
