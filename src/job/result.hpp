// One result: what became of one job. A superset of the keys that the original programs wrote.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "job/imaging.hpp"
#include "job/job.hpp"
#include "job/metrics.hpp"
#include "job/sample.hpp"

namespace medbench {

enum class Status { Ok, AccError, LoadError, Unsupported, Timeout, Crashed, OutOfMemory, Failed };
std::string_view to_string(Status status);
std::optional<Status> status_from_string(std::string_view text);

// The steps of a job, in order; each has a time limit of its own.
enum class Stage { Start, Load, Compile, Warmup, Run, Finish, Evaluate };
std::string_view to_string(Stage stage);
std::optional<Stage> stage_from_string(std::string_view text);

struct Failure {
  std::string kind;  // an ErrorKind, "signal", "exit", "protocol", "timeout", "interrupted"
  Stage stage = Stage::Start;
  std::string message;      // one line
  std::string stderr_tail;  // the worker's last lines
};

// A typed value with advice, not a string to be parsed.
struct Warning {
  std::string kind;  // "unsteady", "drifting", "few_samples", "other_load" ...
  std::string text;
  std::string advice;
};

struct RuntimeInfo {
  std::string name;
  std::string version;
  std::string library;  // where it was loaded from
};

// The rule that ended a measurement which was told to end before its last turn.
inline constexpr std::string_view kStoppedEarly = "stopped_early";

// The number of this form of a result's JSON.
inline constexpr std::int64_t kSchema = 2;

// Keys of the details: the hash of an output, and whether all processes of a restarted row have the same.
inline constexpr const char* kOutputHash = "output_hash";
inline constexpr const char* kProcessesAgree = "processes_agree";
// What an evaluation found, and in it the verdicts of the gates.
inline constexpr const char* kEvaluationDetails = "evaluation";
inline constexpr const char* kGateDetails = "gates";

struct Result {
  Job job;
  std::string device;      // what it ran on, after a fallback
  std::string model_type;  // the model's name
  Status status = Status::Failed;
  std::optional<Failure> failure;
  std::optional<bool> parity;  // whether the answer is that of the reference, within the precision's bound
  std::string acc_error;       // why accuracy was asked for and could not be computed; else empty
  std::string effective_precision;  // what the runtime says it ran
  std::string weights_source;       // "checkpoint" or "synthetic"
  std::string inputs_source;        // "random" or "text"
  RuntimeInfo runtime;
  std::int64_t threads = 0;  // in use
  std::string stop_rule;     // what ended the measurement
  std::string started_at;    // UTC, ISO 8601
  std::vector<Warning> warnings;
  std::vector<Sample> samples;  // every one, in order
  Metrics metrics;
  std::optional<ImagingFacts> imaging;  // of networks on images
  Json machine = Json::object();        // the profile of the machine
  Json details = Json::object();        // of the backend and the inputs
  std::vector<std::string> notes;       // information lines, such as the fallback from cuda to cpu
};

// From when on other processes took so much of the processors that a row decides nothing.
inline constexpr double kDisturbedShare = 0.1;
inline bool is_disturbed(const Result& result) {
  return result.metrics.get("other_load_share").value_or(0) > kDisturbedShare;
}

// What the statistics of a row of this work are of.
inline Unit unit_of(const Workload& work) {
  return batches_differ(work) ? Unit::Round : Unit::Pass;
}

Json to_json(const Failure& failure);
Failure failure_from_json(const Json& json);  // throws Usage

// The guide's keys first, ours after. Metrics nest by the dots in their keys.
Json to_json(const Result& result);
// Throws Usage and names the key.
Result result_from_json(const Json& json);

}  // namespace medbench
