// A backend whose forward passes take the time that a script says, on a clock that it moves itself, or do an
// amount of arithmetic and take what that takes.
#pragma once

#include <cstddef>
#include <vector>

#include "backend/backend.hpp"
#include "tests/fake_worker/fake_clock.hpp"
#include "tests/fake_worker/fake_script.hpp"

namespace medbench {

class FakeBackend final : public Backend {
 public:
  explicit FakeBackend(FakeClock& clock) : clock_(clock) {}

  void follow(FakeScript script) { script_ = std::move(script); }
  [[nodiscard]] const FakeScript& script() const { return script_; }

  [[nodiscard]] Capabilities describe() override;
  [[nodiscard]] Refusal supports(const Target& target) override;
  void build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) override;
  void bind(std::size_t slot, const Axes& axes) override;
  void write(std::size_t slot, const NamedTensors& inputs) override;
  void enqueue(std::size_t slot) override;
  void wait(std::size_t slot) override;
  void read(std::size_t slot, NamedTensors& outputs) override;
  [[nodiscard]] std::optional<double> device_time_ms() override;
  void report(EngineReport& report) override;

 private:
  struct OutputShape {
    std::string name;
    std::vector<std::int64_t> shape;
  };

  static RuntimeInfo runtime();
  void work();

  FakeClock& clock_;
  FakeScript script_;
  std::vector<OutputShape> outputs_;
  std::string asked_precision_;
  std::size_t slots_ = 0;
  std::size_t passes_ = 0;
  std::vector<float> worked_on_;
};

}  // namespace medbench
