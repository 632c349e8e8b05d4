#include "backend/pass.hpp"

namespace medbench {

NamedTensors run_pass(Backend& backend, std::size_t slot) {
  NamedTensors outputs;
  backend.enqueue(slot);
  backend.wait(slot);
  backend.read(slot, outputs);
  return outputs;
}

NamedTensors run_pass(Backend& backend, std::size_t slot, const Axes& axes, const NamedTensors& inputs) {
  backend.bind(slot, axes);
  backend.write(slot, inputs);
  return run_pass(backend, slot);
}

EngineReport report_of(Backend& backend) {
  EngineReport report;
  backend.report(report);
  return report;
}

}  // namespace medbench
