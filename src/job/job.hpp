// One job: everything a worker needs to measure one configuration. With Result and the events this is the
// whole contract between the command line and a worker; nothing in it assumes that both run on one machine,
// except paths.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "job/quantization.hpp"

namespace medbench {

enum class TimedRegion { Device, Host };
std::string_view to_string(TimedRegion region);

enum class Padding { Fixed, Longest };  // to the sequence length, or to the longest text of the batch
std::string_view to_string(Padding padding);

struct ModelRef {
  std::string name;  // as asked for: "biobert", a hub id, a folder
  std::optional<std::string>
      folder;  // with config.json and weights; absent: built-in architecture, synthetic weights
};

struct TextInput {
  std::string file;
  std::string column;  // empty: one text a line
  Padding padding = Padding::Fixed;
};

// The precision whose linear layers are rounded to integers, by Job::quantization.
inline constexpr std::string_view kInt8 = "int8";

struct Job {
  std::string id;  // unique within a run, safe as a file name
  std::string backend = "torch";
  std::string device = "cpu";
  std::string precision = "fp32";
  ModelRef model;
  std::int64_t batch_size = 1;
  std::int64_t seq_length = 128;
  std::optional<std::int64_t> warmup_iterations;  // absent: until the last window is steady
  std::optional<std::int64_t> num_iterations;  // absent: until the median is known to 1 % or the budget ends
  double time_budget_s = 20;
  std::uint64_t seed = 42;
  std::int64_t threads = 0;  // 0: the physical cores
  // The measurement is split into that many parts, between which the worker waits to be told to go on, so
  // that several jobs can take turns. Each turn warms up anew and has its share of iterations and budget.
  std::int64_t turns = 1;
  TimedRegion timed_region = TimedRegion::Device;
  std::optional<TextInput> text;
  // Given with precision "int8" alone; a job of that precision without it means the defaults.
  std::optional<Quantization> quantization;
  std::optional<std::string> save_outputs;     // path of a safetensors file
  std::map<std::string, std::string> options;  // of the backend
};

Json to_json(const Job& job);
// Throws Usage and names the key.
Job job_from_json(const Json& json);

}  // namespace medbench
