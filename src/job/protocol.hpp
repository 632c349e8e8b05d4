// How it is measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace medbench {

// From enqueue to synchronised, or from inputs to outputs in host memory. Rows of different regions are never
// compared.
enum class TimedRegion { Device, Host };
std::string_view to_string(TimedRegion region);

// What the outputs are to be compared with: a safetensors file with the inputs and outputs of a reference, or
// the reason why there is none.
struct ParityReference {
  std::string file;
  std::string missing{};

  bool operator==(const ParityReference&) const = default;
};

// Labelled rows that the engine is to classify once it was timed.
struct Evaluation {
  std::string file;
  std::string hash{};  // of its bytes, see text_file_hash(); empty: not known
  // Where the decisions of fp32 are that this engine's are compared with, or why there are none.
  std::string decisions{};
  std::string missing{};
  // Paths of files to be written; empty: none is. All decisions, and the cases that were decided otherwise.
  std::string save_decisions{};
  std::string save_flips{};

  bool operator==(const Evaluation&) const = default;
};

// A measurement in short turns, between which the worker waits to be told to go on, so that several jobs can
// alternate and drift hits all alike. A turn ends when it has lasted that long and has that many passes.
struct TurnLength {
  double seconds = 0.2;
  std::int64_t passes = 5;

  bool operator==(const TurnLength&) const = default;
};

inline constexpr std::int64_t kAllNumaNodes = -1;

struct Protocol {
  TimedRegion region = TimedRegion::Device;
  std::optional<std::int64_t> warmup_iterations;  // absent: until the last window is steady
  std::optional<std::int64_t> num_iterations;  // absent: until the median is known to 1 % or the budget ends
  double time_budget_s = 20;
  std::optional<TurnLength> turn;  // absent: the measurement is one piece
  std::int64_t restarts = 1;       // processes that the job is measured in, one after the other
  // On the CPU, where a machine has several. Absent: one that the worker chooses, unless its cores are fewer
  // than the threads.
  std::optional<std::int64_t> numa_node;
  std::optional<std::string> save_outputs;  // path of a safetensors file
  std::optional<ParityReference> parity;    // absent: accuracy is not asked for
  std::optional<Evaluation> evaluation;     // in the first process of a row alone

  bool operator==(const Protocol&) const = default;
};

Json to_json(const Protocol& protocol);
// `origin` starts the messages. Throws Usage and names the key.
Protocol protocol_from_json(const Json& json, std::string_view origin);

}  // namespace medbench
