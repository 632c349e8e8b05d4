#include "backend/reference/reference_backend.hpp"

#include <algorithm>
#include <array>
#include <fmt/ranges.h>
#include <utility>

#include "backend/host_device.hpp"
#include "base/error.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"

namespace medbench {
namespace {

constexpr std::array kOwnPrecisions{kFp32, kBf16};

HostTensor copy_of(const HostTensor& tensor) {
  HostTensor copy(tensor.dtype(), tensor.shape());
  std::copy(tensor.bytes().begin(), tensor.bytes().end(), copy.bytes().begin());
  return copy;
}

NamedTensors copy_of(const NamedTensors& tensors) {
  NamedTensors copy;
  for (const auto& [name, tensor] : tensors) copy.emplace(name, copy_of(tensor));
  return copy;
}

}  // namespace

Capabilities ReferenceBackend::describe() {
  Capabilities capabilities;
  capabilities.backend = "reference";
  capabilities.runtime = runtime();
  capabilities.devices.push_back(host_device({kOwnPrecisions.begin(), kOwnPrecisions.end()}));
  return capabilities;
}

Refusal ReferenceBackend::supports(const Target& target) {
  if (target.device != "cpu")
    return "the reference interpreter runs on the cpu only, not on " + printable(target.device);
  if (std::find(kOwnPrecisions.begin(), kOwnPrecisions.end(), target.precision) == kOwnPrecisions.end()) {
    return fmt::format("the reference interpreter runs {}, not {}", fmt::join(kOwnPrecisions, " and "),
                       printable(target.precision));
  }
  return std::nullopt;
}

void ReferenceBackend::build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) {
  if (const Refusal refusal = supports(build.target)) throw unsupported_error("{}", *refusal);
  const std::optional<DType> dtype = passes::dtype_of_precision(build.target.precision);
  if (!dtype) throw internal_error("'{}' is no precision", printable(build.target.precision));
  slots_.clear();
  outputs_.reset();
  interpreter_.emplace(passes::lower_precision(graph, *dtype), weights, build.shapes.most);
}

const ir::Interpreter& ReferenceBackend::interpreter() const {
  if (!interpreter_) throw internal_error("the reference backend was used before build()");
  return *interpreter_;
}

void ReferenceBackend::bind(std::size_t slot, const Axes& axes) {
  (void)interpreter();
  if (slot >= slots_.size()) slots_.resize(slot + 1);
  slots_[slot] = {axes, std::nullopt};
}

void ReferenceBackend::write(std::size_t slot, const NamedTensors& inputs) {
  if (slot >= slots_.size()) throw internal_error("slot {} was not bound", slot);
  slots_[slot].inputs = copy_of(inputs);
}

void ReferenceBackend::enqueue(std::size_t slot) {
  if (slot >= slots_.size() || !slots_[slot].inputs) throw internal_error("slot {} holds no inputs", slot);
  outputs_ = interpreter().run(*slots_[slot].inputs, slots_[slot].axes);
  last_ = slot;
}

void ReferenceBackend::read(std::size_t slot, NamedTensors& outputs) {
  if (!outputs_ || last_ != slot) throw internal_error("slot {} was not the last to run", slot);
  outputs = copy_of(*outputs_);
}

void ReferenceBackend::report(EngineReport& report) {
  report.runtime = runtime();
  report.effective_precision = passes::precision_of(interpreter().graph());
}

RuntimeInfo ReferenceBackend::runtime() {
  return {"medbench reference interpreter", MEDBENCH_VERSION, "built in"};
}

std::unique_ptr<Backend> make_reference_backend() {
  return std::make_unique<ReferenceBackend>();
}

}  // namespace medbench
