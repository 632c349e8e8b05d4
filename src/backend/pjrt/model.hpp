// A graph on a device: its weights in the device's memory, a program for each shape that runs, and the sets
// of inputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "backend/pjrt/client.hpp"
#include "backend/pjrt/program.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "lower/stablehlo/stablehlo.hpp"

namespace medbench::pjrt {

class Model {
 public:
  // Compiles the graph, which is lowered to its precision, for `axes` and uploads the weights. Keeps
  // references to client and device.
  Model(const Client& client, const Device& device, ir::Graph graph, ir::ParameterSource& weights,
        const Axes& axes);

  // Compiles anew when the sizes have not been seen.
  void bind(std::size_t slot, const Axes& axes);
  // The interface has no buffer that is written again: each set is in buffers of its own, filled from the
  // slot's memory.
  void write(std::size_t slot, const NamedTensors& inputs);
  void enqueue(std::size_t slot);
  void wait();
  void read(std::size_t slot, NamedTensors& outputs) const;

  // Of the shape that was prepared for.
  [[nodiscard]] const Program& program() const { return *main_; }
  [[nodiscard]] const ir::Graph& graph() const { return graph_; }
  [[nodiscard]] std::size_t programs() const { return variants_.size(); }
  [[nodiscard]] std::size_t weights_in_place() const;
  [[nodiscard]] std::size_t weights() const { return weights_.size(); }

 private:
  // The module for one shape.
  struct Variant {
    lower::StableHloModule module;  // without its text
    std::unique_ptr<Program> program;
  };
  struct Slot {
    const Variant* variant = nullptr;
    std::vector<std::shared_ptr<HostTensor>> staging;  // memory of the host that the inputs are filled from
    std::vector<DeviceBuffer> inputs;
    std::vector<PJRT_Buffer*> arguments;  // none before inputs are written
  };

  Variant& variant_for(const Axes& axes);
  [[nodiscard]] DeviceBuffer upload_input(const lower::Argument& argument, const NamedTensors& inputs,
                                          const std::shared_ptr<HostTensor>& staging) const;

  const Client& client_;
  const Device& device_;
  ir::Graph graph_;
  std::map<Axes, Variant> variants_;
  const Program* main_ = nullptr;
  std::vector<DeviceBuffer> weights_;  // as the arguments behind the inputs
  std::vector<std::optional<Slot>> slots_;

  // Of the last pass.
  std::optional<std::size_t> last_;
  Handle<PJRT_Event> done_;
  std::vector<Handle<PJRT_Buffer>> outputs_;
  std::vector<PJRT_Buffer*> output_list_;
};

}  // namespace medbench::pjrt
