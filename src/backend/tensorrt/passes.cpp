#include "backend/tensorrt/passes.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace medbench::trt {

namespace {

constexpr int kTrials = 10;

std::size_t bytes_of(const Place& place) {
  return static_cast<std::size_t>(element_count(place.shape)) * size_of(place.dtype);
}

}  // namespace

Passes::Passes(device::CudaStream& stream, std::unique_ptr<Engine> engine, GraphMode graphs)
    : stream_(stream), engine_(std::move(engine)), mode_(graphs) {
  if (mode_ == GraphMode::Off) uses_graphs_ = false;
  if (const std::size_t bytes = engine_->pass_bytes(); bytes > 0) pass_memory_ = stream_.allocate(bytes);
}

Passes::Slot& Passes::slot_at(std::size_t slot) {
  const auto found = slots_.find(slot);
  if (found == slots_.end()) throw internal_error("tensorrt: slot {} was not bound", slot);
  return found->second;
}

void Passes::bind(std::size_t slot, std::vector<Place> inputs, std::vector<Place> outputs) {
  slots_.erase(slot);
  Slot made;
  made.inputs = std::move(inputs);
  made.outputs = std::move(outputs);
  made.execution = engine_->make_execution(pass_memory_.get());
  const auto add = [&](const Place& place) {
    // An engine wants an address, for a tensor without elements, too.
    made.memory.push_back(stream_.allocate(std::max<std::size_t>(bytes_of(place), 1)));
    made.execution->set_address(place.model_name, made.memory.back().get());
  };
  for (const Place& input : made.inputs) {
    add(input);
    made.execution->set_shape(input.model_name, input.shape);
    made.pinned.push_back(stream_.pinned_tensor(input.dtype, input.shape));
  }
  for (const Place& output : made.outputs) {
    if (output.dtype != DType::F32) throw internal_error("tensorrt: the output {} is no F32", output.name);
    add(output);
  }
  slots_.emplace(slot, std::move(made));
}

void Passes::write(std::size_t slot, const NamedTensors& inputs) {
  Slot& place = slot_at(slot);
  for (std::size_t i = 0; i < place.inputs.size(); ++i) {
    const Place& input = place.inputs[i];
    const auto given = inputs.find(input.name);
    if (given == inputs.end()) throw internal_error("tensorrt: no input \"{}\" was given", input.name);
    const HostTensor& tensor = given->second;
    if (tensor.dtype() != input.dtype || tensor.shape() != input.shape) {
      throw internal_error("tensorrt: the input \"{}\" must be {}, found {}", input.name,
                           shape_to_string(input.shape), shape_to_string(tensor.shape()));
    }
    std::ranges::copy(tensor.bytes(), place.pinned[i].bytes().begin());
    stream_.copy_to_device(place.memory[i].get(), place.pinned[i].bytes().data(), bytes_of(input));
  }
  if (!place.is_prepared) prepare(place);
}

double Passes::fastest_ms(Slot& slot) {
  double fastest = std::numeric_limits<double>::max();
  for (int i = 0; i <= kTrials; ++i) {
    stream_.record_begin();
    start(slot);
    stream_.record_end();
    const double ms = stream_.elapsed_ms();
    if (i > 0) fastest = std::min(fastest, ms);  // the first one compiles or allocates
  }
  return fastest;
}

// The first slot decides between graph and single calls where the mode leaves that open. TensorRT wants a
// pass with the shapes before one that is captured.
void Passes::prepare(Slot& slot) {
  slot.is_prepared = true;
  if (uses_graphs_ == false) return;
  const Stopwatch watch;
  const bool decides = !uses_graphs_.has_value();
  if (decides) {
    tried_["single_calls_ms"] = fastest_ms(slot);
  } else {
    start(slot);
    stream_.synchronize();
  }
  try {
    slot.graph = stream_.capture([&] { slot.execution->enqueue(stream_.get()); });
    if (decides) {
      tried_["graph_ms"] = fastest_ms(slot);
      uses_graphs_ = mode_ == GraphMode::On || tried_.at("graph_ms") < tried_.at("single_calls_ms");
    }
  } catch (const Error& error) {
    if (mode_ == GraphMode::On) throw;
    tried_["graph_refused"] = error.what();
    uses_graphs_ = false;
  }
  if (uses_graphs_ == false) slot.graph = nullptr;
  tune_ms_ = tune_ms_.value_or(0) + watch.elapsed_ms();
}

void Passes::start(Slot& slot) {
  if (slot.graph) {
    stream_.launch(slot.graph);
  } else {
    slot.execution->enqueue(stream_.get());
  }
}

void Passes::enqueue(std::size_t slot) {
  Slot& ready = slot_at(slot);
  stream_.record_begin();
  start(ready);
  stream_.record_end();
}

void Passes::read(std::size_t slot, NamedTensors& outputs) {
  Slot& ready = slot_at(slot);
  for (std::size_t i = 0; i < ready.outputs.size(); ++i) {
    const Place& output = ready.outputs[i];
    HostTensor* room = find_room(outputs, output.name, output.shape);
    if (room == nullptr) room = &(outputs[output.name] = stream_.pinned_tensor(DType::F32, output.shape));
    stream_.copy_to_host(room->bytes().data(), ready.memory.at(ready.inputs.size() + i).get(),
                         bytes_of(output));
  }
  stream_.synchronize();
}

Json Passes::describe() const {
  return {{"cuda_graph", uses_graphs_.value_or(false)}, {"tried", tried_}};
}

}  // namespace medbench::trt
