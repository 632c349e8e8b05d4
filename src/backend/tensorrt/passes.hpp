// Passes of an engine on a card: room for each set of inputs, a stream, events, and captured graphs.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/cuda_graphs.hpp"
#include "backend/tensorrt/native.hpp"
#include "base/json.hpp"
#include "base/tensor.hpp"
#include "device/cuda_stream.hpp"

namespace medbench::trt {

struct Place {
  std::string name;        // what a caller calls it
  std::string model_name;  // what the engine calls it
  DType dtype = DType::F32;
  std::vector<std::int64_t> shape;
};

class Passes {
 public:
  // Keeps a reference to the stream.
  Passes(device::CudaStream& stream, std::unique_ptr<Engine> engine, GraphMode graphs);

  // As Backend's functions. Outputs are F32.
  void bind(std::size_t slot, std::vector<Place> inputs, std::vector<Place> outputs);
  void write(std::size_t slot, const NamedTensors& inputs);
  void enqueue(std::size_t slot);
  void wait() { stream_.synchronize(); }
  void read(std::size_t slot, NamedTensors& outputs);
  [[nodiscard]] double device_time_ms() { return stream_.elapsed_ms(); }

  [[nodiscard]] const Engine& engine() const { return *engine_; }
  [[nodiscard]] Json describe() const;
  [[nodiscard]] std::optional<double> tune_ms() const { return tune_ms_; }

 private:
  struct Slot {
    std::vector<Place> inputs;
    std::vector<Place> outputs;
    std::vector<HostTensor> pinned;             // of the inputs
    std::vector<std::shared_ptr<void>> memory;  // of the inputs, then of the outputs
    std::unique_ptr<Execution> execution;
    std::shared_ptr<void> graph;  // null: single calls
    bool is_prepared = false;
  };

  Slot& slot_at(std::size_t slot);
  void prepare(Slot& slot);
  void start(Slot& slot);
  double fastest_ms(Slot& slot);

  device::CudaStream& stream_;
  std::unique_ptr<Engine> engine_;
  GraphMode mode_;
  std::shared_ptr<void> pass_memory_;  // of all slots: their passes follow each other in the stream
  std::map<std::size_t, Slot> slots_;
  std::optional<bool> uses_graphs_;
  Json tried_ = Json::object();
  std::optional<double> tune_ms_;
};

}  // namespace medbench::trt
