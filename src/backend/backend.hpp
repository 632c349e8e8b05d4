// The interface of a runtime. A backend prepares a graph once and then runs it; it never reads a clock,
// prints or exits.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/axes.hpp"
#include "base/tensor.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "ir/quantization.hpp"
#include "job/capabilities.hpp"
#include "job/result.hpp"
#include "job/target.hpp"

namespace medbench {

// Empty: supported. Otherwise the reason, one sentence.
using Refusal = std::optional<std::string>;

// The sizes of a model's inputs: least and most are equal where only one shape comes.
struct ShapeRange {
  Axes least;
  Axes most;

  // NOLINTNEXTLINE(google-explicit-constructor): one shape is a range
  ShapeRange(const Axes& only) : least(only), most(only) {}
  ShapeRange(const Axes& smallest, const Axes& largest) : least(smallest), most(largest) {}
  [[nodiscard]] bool is_fixed() const { return least == most; }
};

// What a backend is to make of a graph.
struct Build {
  const Target& target;
  ShapeRange shapes;
  std::int64_t threads = 1;  // resolved, at least 1
  ir::Ranges ranges = {};    // for static quantization alone: of the inputs of linear layers, by calibration
  bool host_io = false;      // inputs come from host memory and outputs go there in every timed pass
};

class Backend {
 public:
  Backend() = default;
  virtual ~Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  [[nodiscard]] virtual Capabilities describe() = 0;
  [[nodiscard]] virtual Refusal supports(const Target& target) = 0;
  // Compiles the graph (fp32, before any pass) for the target's precision and device and takes what it needs
  // of the weights. May be called again: the last call counts, and nothing of what was prepared before is
  // kept.
  virtual void prepare(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) = 0;
  // Makes one set of inputs, keyed by the graph's input names, resident on the device under a number.
  virtual void upload(std::size_t slot, const NamedTensors& inputs) = 0;
  // Starts one forward pass of that set. Nothing is ready before synchronize().
  virtual void enqueue(std::size_t slot) = 0;
  virtual void synchronize() = 0;
  // Outputs of the last pass, keyed by the graph's output names, as fp32.
  [[nodiscard]] virtual NamedTensors download() = 0;
  // Time of the last pass by the device's own timer; nothing where it has none.
  [[nodiscard]] virtual std::optional<double> device_time_ms() { return std::nullopt; }
  // "fp32", "bf16", "int8", or a mixture such as "fp32+bf16": what the runtime says it ran.
  [[nodiscard]] virtual std::string effective_precision() = 0;
  // Keys of the metric table below memory_usage_mb, for the runtime's own allocator; empty where it has no
  // figures.
  [[nodiscard]] virtual std::map<std::string, double> memory() { return {}; }
  // The fastest large matrix product on the device, by its own timer, in the type of the model's products;
  // nothing where there is no such way, and products are timed as a model is. Takes up to a second: never
  // while something is timed.
  [[nodiscard]] virtual std::optional<double> measure_peak_gflops() { return std::nullopt; }
  [[nodiscard]] virtual RuntimeInfo runtime() = 0;
  // Reasons to doubt the row that only the runtime knows, beside those that the measurement finds itself.
  [[nodiscard]] virtual std::vector<Warning> warnings() { return {}; }
  // What is worth recording about the compiled model (kernels, fusions, options in force).
  [[nodiscard]] virtual Json details() { return Json::object(); }
};

}  // namespace medbench
