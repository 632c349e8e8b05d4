// The options that every subcommand which measures has in common.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "medbench/option_parser.hpp"
#include "runner/runner.hpp"

namespace medbench {

struct RunOptions {
  std::string backend = "torch";
  std::map<std::string, std::string> backend_options;
  std::optional<std::string> device;  // absent: cuda if usable, else cpu
  std::string precision = "fp32";
  std::optional<std::int64_t> num_iterations;
  std::optional<std::int64_t> warmup_iterations;
  double time_budget_s = 20;
  std::int64_t threads = 0;  // 0: the worker chooses the physical cores
  std::int64_t seed = 42;
  TimedRegion timed_region = TimedRegion::Device;
  std::string output_dir = "benchmarks/results";
  std::optional<std::string> save_outputs;
  WorkerOptions worker;
  bool debug_io = false;
  bool json = false;
  bool quiet = false;
};

// What the options leave as text until finish() has read it.
class RunOptionsParser {
 public:
  RunOptionsParser(OptionParser& parser, RunOptions& options);
  // After parse(). Throws Usage: a device that is no device, a backend option without "=" or given twice.
  void finish();

 private:
  RunOptions& options_;
  std::string timed_region_;
  std::vector<std::string> backend_options_;
  double load_timeout_s_;
  double compile_timeout_s_;
  double run_timeout_s_;
};

// Throws Usage for a backend that nobody knows, Environment for one whose worker is not installed.
void check_backend(const RunOptions& options);

}  // namespace medbench
