// The interface of a runtime. A backend prepares a graph once and then runs it; it never prints or exits, and
// reads a clock for EngineReport::tune_ms alone.
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
  [[nodiscard]] bool is_open(Axis axis) const { return least[axis] != most[axis]; }
  // The numbers of the other axes.
  [[nodiscard]] Axes fixed() const {
    Axes axes = most;
    for (const AxisInfo& row : kAxes) {
      if (is_open(row.axis)) axes.set(row.axis, 0);
    }
    return axes;
  }
};

// What a backend is to make of a graph.
struct Build {
  const Target& target;
  ShapeRange shapes;
  std::int64_t threads = 1;  // resolved, at least 1
  ir::Ranges ranges = {};    // for static quantization alone: of what is rounded, by calibration
};

// How a backend takes attention over texts without padding.
enum class PackedForm : std::uint8_t {
  Offsets,  // as ir::PackedAttention, or it refuses that with a reason
  Ordered,  // with the order of the places, see passes::order_attention()
  Padded,   // over texts padded for the attention alone, see passes::pad_attention()
};

// What a runtime tells of a model that has run.
struct EngineReport {
  RuntimeInfo runtime;
  // "fp32", "bf16", "int8", or a mixture such as "fp32+bf16": what the runtime says it ran.
  std::string effective_precision;
  // Keys of the metric table below memory_usage_mb, for the runtime's own allocator.
  std::map<std::string, double> memory;
  // Milliseconds of writing the slots since build() that went into choosing between ways to run a pass and
  // capturing graphs; absent where nothing was chosen or captured.
  std::optional<double> tune_ms;
  // Reasons to doubt the row that only the runtime knows, beside those that the measurement finds itself.
  std::vector<Warning> warnings;
  // What is worth recording about the compiled model (kernels, fusions, options in force).
  Json details = Json::object();
};

// Calls come in this order: supports, build, for each numbered slot bind and write, then passes: enqueue,
// wait, read.
class Backend {
 public:
  Backend() = default;
  virtual ~Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  [[nodiscard]] virtual Capabilities describe() = 0;
  [[nodiscard]] virtual Refusal supports(const Target& target) = 0;
  // Whether build() wants a graph whose BatchNorms are nodes, because it shall run them as such or folds them
  // itself. Others get them folded into the convolutions before them.
  [[nodiscard]] virtual bool takes_batch_norms() const { return false; }
  // How build() wants texts without padding for a target that is supported.
  [[nodiscard]] virtual PackedForm packed_form(const Target& /*target*/) const { return PackedForm::Offsets; }
  // Compiles the graph (fp32, before any pass) for the target's precision and device and takes what it needs
  // of the weights. May be called again: the last call counts, and nothing of what was built before is kept.
  virtual void build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) = 0;
  // Makes all that passes of one set of inputs of these sizes need: room on the device for inputs and
  // outputs, requests, memory to copy from. What the slot held before is gone.
  virtual void bind(std::size_t slot, const Axes& axes) = 0;
  // Copies a set of inputs, keyed by the graph's input names, into the slot's room.
  virtual void write(std::size_t slot, const NamedTensors& inputs) = 0;
  // Starts one forward pass of the slot's inputs. Nothing is ready before wait().
  virtual void enqueue(std::size_t slot) = 0;
  virtual void wait(std::size_t slot) = 0;
  // Outputs, keyed by the graph's output names, as fp32, of a pass of the slot after which no other was
  // enqueued. Tensors of the right shape that are there are written in place; others are made, in memory that
  // suits the device.
  virtual void read(std::size_t slot, NamedTensors& outputs) = 0;
  // Time of the last pass by the device's own timer; nothing where it has none.
  [[nodiscard]] virtual std::optional<double> device_time_ms() { return std::nullopt; }
  // After a pass. Fills in what it can, the surest first: what is there when it throws is true.
  virtual void report(EngineReport& report) = 0;
};

}  // namespace medbench
