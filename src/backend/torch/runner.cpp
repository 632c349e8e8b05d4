#include "backend/torch/runner.hpp"

#include <ATen/ATen.h>
#include <algorithm>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

// Of each way when both are tried. The first passes set up libraries and their workspaces.
constexpr int kFirstPasses = 3;
constexpr int kTimedPasses = 15;

}  // namespace

void Runner::bind(std::size_t slot) {
  if (slots_.size() <= slot) slots_.resize(slot + 1);
  slots_[slot] = Slot{.values = program_.constants, .captured = {}, .graph = nullptr};
}

void Runner::set_input(std::size_t slot, std::size_t input, const at::Tensor& tensor) {
  set_value(slot, program_.inputs.at(input), tensor);
}

void Runner::set_longest_text(std::size_t slot, const at::Tensor& number) {
  if (program_.longest_text) set_value(slot, *program_.longest_text, number);
}

void Runner::set_value(std::size_t slot, ir::ValueId id, const at::Tensor& tensor) {
  Slot& place = slots_.at(slot);
  at::Tensor& value = place.values.at(id);
  if (value.is_same(tensor)) return;
  place.graph.reset();  // which reads the other tensor
  value = tensor;
}

void Runner::make_ready(std::size_t slot) {
  Slot& place = slots_.at(slot);
  if (device_.cuda == nullptr || place.graph != nullptr) return;
  if (decided_ && device_.graphs == GraphMode::Off) return;
  const Stopwatch watch;
  prepare_graph(place);
  tune_ms_ = tune_ms_.value_or(0) + watch.elapsed_ms();
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

const at::Tensor& Runner::output(std::size_t number, ir::ValueId id) const {
  if (last_slot_ != number)
    throw internal_error("torch: slot {} was not the last to run: its outputs are gone", number);
  const Slot& slot = slots_.at(number);
  return slot.graph != nullptr ? slot.captured.at(id) : values_.at(id);
}

void Runner::run_steps(const Slot& slot) {
  const KeptMemory::Use memory(program_.memory.get());
  values_ = slot.values;  // copies the handles of constants and inputs, no data
  for (const auto& step : program_.steps) {
    step.call(values_);
    for (const ir::ValueId id : step.dead) values_[id].reset();
  }
}

void Runner::prepare_graph(Slot& slot) {
  try {
    if (decided_) {
      run_steps(slot);  // whatever this set needs is set up before the capture
      capture(slot);
    } else {
      decide(slot);
    }
  } catch (const c10::OutOfMemoryError&) {
    throw;
  } catch (const c10::Error& error) {
    if (device_.must_capture) throw;
    give_up_graphs(error.what_without_backtrace());
  }
  decided_ = true;
}

// All slots run the same way.
void Runner::give_up_graphs(std::string_view why) {
  values_.clear();
  for (Slot& slot : slots_) {
    slot.graph.reset();
    slot.captured.clear();
  }
  device_.graphs = GraphMode::Off;
  details_["cuda_graph"] = "off";
  details_["cuda_graph_error"] = printable(why.substr(0, why.find('\n')), 300);
}

void Runner::capture(Slot& slot) {
  slot.captured.assign(slot.values.size(), at::Tensor());
  values_.clear();
  slot.graph = device_.cuda->capture([&] { run_steps(slot); });
  for (const auto& output : program_.outputs) slot.captured[output.value] = values_[output.value];
  values_.clear();
}

// Tries all in order and in reverse, so that a card that warms up favours none, and leaves the fastest in
// use.
void Runner::choose_attention(Slot& slot, bool as_graph) {
  const auto& kinds = device_.attentions;
  std::vector<double> sums(kinds.size());
  for (std::size_t i = 0; i < 2 * kinds.size(); ++i) {
    const std::size_t kind = i < kinds.size() ? i : 2 * kinds.size() - 1 - i;
    kinds[kind].use();
    sums[kind] += try_attention(slot, as_graph);
  }
  for (std::size_t i = 0; i < kinds.size(); ++i) details_["attention_tried_ms"][kinds[i].name] = sums[i] / 2;
  const auto best = std::min_element(sums.begin(), sums.end()) - sums.begin();
  kinds[static_cast<std::size_t>(best)].use();
  details_["attention"] = kinds[static_cast<std::size_t>(best)].name;
}

// Leaves the slot with a graph or without one, as decided.
void Runner::decide(Slot& slot) {
  const bool as_graph = device_.graphs != GraphMode::Off;
  if (!device_.attentions.empty()) choose_attention(slot, as_graph);
  const double kept_ms = try_attention(slot, as_graph);
  if (device_.graphs == GraphMode::Auto) {
    auto graph = std::move(slot.graph);
    const double single_ms = median_ms(slot);
    details_["cuda_graph_tried_ms"] = {{"single_calls", single_ms}, {"graph", kept_ms}};
    device_.graphs = kept_ms <= single_ms ? GraphMode::On : GraphMode::Off;
    if (device_.graphs == GraphMode::On) slot.graph = std::move(graph);
  }
  details_["cuda_graph"] = device_.graphs == GraphMode::On ? "on" : "off";
}

// Median of passes with the attention that is in use at present.
double Runner::try_attention(Slot& slot, bool as_graph) {
  slot.graph.reset();
  if (as_graph) {
    run_steps(slot);
    capture(slot);
  }
  return median_ms(slot);
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
