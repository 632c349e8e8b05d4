#include "backend/torch/runner.hpp"

#include <ATen/ATen.h>
#include <algorithm>

#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

// Of each way when both are tried. The first passes set up libraries and their workspaces.
constexpr int kFirstPasses = 3;
constexpr int kTimedPasses = 15;

bool fits(const at::Tensor& old, const at::Tensor& fresh) {
  if (!old.defined() || !fresh.defined()) return !old.defined() && !fresh.defined();
  return old.sizes() == fresh.sizes() && old.scalar_type() == fresh.scalar_type();
}

}  // namespace

void Runner::set_inputs(std::size_t slot, std::vector<at::Tensor> inputs) {
  if (slots_.size() <= slot) slots_.resize(slot + 1);
  Slot& place = slots_[slot];
  const bool fresh = place.values.empty();
  bool same = !fresh && place.graph != nullptr;
  for (std::size_t i = 0; same && i < inputs.size(); ++i)
    same = fits(place.values[program_.inputs[i]], inputs[i]);
  if (same) {  // the graph reads these very tensors
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].defined()) place.values[program_.inputs[i]].copy_(inputs[i], true);
    return;
  }
  place.graph.reset();
  place.values = program_.constants;
  for (std::size_t i = 0; i < inputs.size(); ++i) place.values[program_.inputs[i]] = std::move(inputs[i]);
  if (device_.cuda != nullptr) prepare_graph(place);
}

void Runner::run(std::size_t slot) {
  Slot& place = slots_.at(slot);
  last_slot_ = slot;
  if (device_.accelerator == nullptr) {
    start(place);
    return;
  }
  device_.accelerator->mark_begin();
  start(place);
  device_.accelerator->mark_end();
}

void Runner::start(Slot& slot) {
  if (slot.graph != nullptr) {
    slot.graph->replay();
  } else {
    run_steps(slot);
  }
}

const at::Tensor& Runner::output(ir::ValueId id) const {
  const Slot& slot = slots_.at(last_slot_);
  return (slot.graph != nullptr ? slot.captured : values_).at(id);
}

void Runner::run_steps(const Slot& slot) {
  values_ = slot.values;  // copies the handles of constants and inputs, no data
  for (const auto& step : program_.steps) {
    step.call(values_);
    for (const ir::ValueId id : step.dead) values_[id].reset();
  }
}

void Runner::prepare_graph(Slot& slot) {
  if (device_.graphs == GraphMode::Off) {
    details_["cuda_graph"] = "off";
    return;
  }
  if (device_.graphs == GraphMode::Auto) {
    choose(slot);
    return;
  }
  run_steps(slot);  // whatever this set needs is set up before the capture
  capture(slot);
  details_["cuda_graph"] = "on";
}

void Runner::capture(Slot& slot) {
  slot.captured.assign(slot.values.size(), at::Tensor());
  values_.clear();
  slot.graph = device_.cuda->capture([&] { run_steps(slot); });
  for (const auto& output : program_.outputs) slot.captured[output.value] = values_[output.value];
  values_.clear();
}

void Runner::choose(Slot& slot) {
  const double single_ms = median_ms(slot);
  capture(slot);
  const double graph_ms = median_ms(slot);
  const bool faster = graph_ms <= single_ms;
  if (!faster) slot.graph.reset();
  device_.graphs = faster ? GraphMode::On : GraphMode::Off;
  details_["cuda_graph"] = faster ? "on" : "off";
  details_["cuda_graph_tried_ms"] = {{"single_calls", single_ms}, {"graph", graph_ms}};
}

double Runner::median_ms(Slot& slot) {
  std::vector<double> times;
  for (int pass = 0; pass < kFirstPasses + kTimedPasses; ++pass) {
    device_.accelerator->mark_begin();
    start(slot);
    device_.accelerator->mark_end();
    device_.accelerator->wait();
    if (pass >= kFirstPasses) times.push_back(device_.accelerator->elapsed_ms());
  }
  const auto middle = times.begin() + kTimedPasses / 2;
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

}  // namespace medbench::torch_backend
