// The reference interpreter as a backend: the slowest runtime and the one to trust. It exists to check the
// others, and to run where there is no other.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "backend/backend.hpp"
#include "ir/interpreter.hpp"

namespace medbench {

class ReferenceBackend final : public Backend {
 public:
  [[nodiscard]] Capabilities describe() override;
  [[nodiscard]] Refusal supports(const Target& target) override;
  void build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) override;
  void bind(std::size_t slot, const Axes& axes) override;
  void write(std::size_t slot, const NamedTensors& inputs) override;
  // Runs the pass and returns when it is done.
  void enqueue(std::size_t slot) override;
  void wait(std::size_t) override {}
  void read(std::size_t slot, NamedTensors& outputs) override;
  void report(EngineReport& report) override;

 private:
  static RuntimeInfo runtime();
  [[nodiscard]] const ir::Interpreter& interpreter() const;

  std::optional<ir::Interpreter> interpreter_;
  struct Slot {
    Axes axes;
    std::optional<NamedTensors> inputs;
  };
  std::vector<Slot> slots_;
  std::optional<NamedTensors> outputs_;  // of the last pass
  std::size_t last_ = 0;                 // whose slot this was
};

std::unique_ptr<Backend> make_reference_backend();

}  // namespace medbench
