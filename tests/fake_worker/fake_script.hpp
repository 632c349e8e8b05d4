// The fake backend: a worker that does what a script in its job says, so that everything around workers can
// be tested, above all what happens when one misbehaves. It measures nothing: time is scripted too.
//
// The job's option "script" holds JSON, or the path of a file with it. All keys may be left out:
//   model                false: a graph of one operation in place of the job's model, with 64 positions
//                        (default true)
//   latencies_ms         of the forward passes, used in turn and from the start again (default [1])
//   device_latencies_ms  the same for the device's own timer (default: it has none)
//   probe_ms prepare_ms write_ms   time that asking, compiling and writing a slot take (default 0)
//   tune_ms              that tuning took, of the time of writing (default: there was none)
//   sleep_ms             real time that each forward pass takes (default 0)
//   work_rounds          of real arithmetic in each forward pass, whose real time counts as its latency in
//                        place of latencies_ms (default 0)
//   device               the one that it can run on (default "cpu")
//   nodes                folder that tells of the machine's nodes (default: the kernel's)
//   refuse               the reason why the job is not supported
//   output               "finite" (default), "nan", "infinite"
//   effective_precision  (default: the one that was asked for)
//   actions              list of {"stage": "start" ... "finish", "do": ..., ...}, carried out when the stage
//                        begins
//   result               what to lie about: {"job_id", "batch_size", "model_type", "status", "copies"}
// Environment variable MEDBENCH_FAKE_DESCRIBE: one action, without stage, carried out before `describe`
// answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "job/job.hpp"
#include "job/result.hpp"
#include "tests/fake_worker/fake_actions.hpp"

namespace medbench {

struct ResultLies {
  std::optional<std::string> job_id;
  std::optional<std::int64_t> batch_size;
  std::optional<std::string> model_type;
  std::optional<Status> status;
  std::int64_t copies = 1;  // of the result event
};

struct StagedAction {
  Stage stage = Stage::Start;
  Action action;
};

struct FakeScript {
  bool model = true;
  std::vector<double> latencies_ms{1.0};
  std::vector<double> device_latencies_ms;
  double probe_ms = 0;
  double prepare_ms = 0;
  double write_ms = 0;
  std::optional<double> tune_ms;
  double sleep_ms = 0;
  std::int64_t work_rounds = 0;
  std::string device = "cpu";
  std::optional<std::string> nodes;
  std::optional<std::string> refuse;
  std::string output = "finite";
  std::optional<std::string> effective_precision;
  std::vector<StagedAction> actions;
  ResultLies lies;
};

// Throws Usage and names the key.
FakeScript script_from_json(const Json& json);
FakeScript script_of(const Job& job);

}  // namespace medbench
