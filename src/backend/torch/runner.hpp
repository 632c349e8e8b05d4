// Runs a program over numbered sets of inputs: call by call or, on CUDA, as one captured graph for each set.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "backend/cuda_graphs.hpp"
#include "backend/torch/accelerator.hpp"
#include "backend/torch/cuda_module.hpp"
#include "backend/torch/program.hpp"
#include "base/json.hpp"

namespace medbench::torch_backend {

// A way of computing attention that ATen can be told to use.
struct AttentionKind {
  const char* name;
  std::function<void()> use;
};

// Those that are fused into one kernel for fp16 and bf16 on CUDA. Where one cannot (flash with a mask), ATen
// takes its slower ones.
std::vector<AttentionKind> fused_attentions();

// Where a program runs. Both are null on the CPU; `cuda` is null on devices without captured graphs.
struct RunnerDevice {
  Accelerator* accelerator = nullptr;
  CudaModule* cuda = nullptr;
  GraphMode graphs = GraphMode::Off;
  bool must_capture = false;  // a pass that cannot be captured is an error, and else run call by call
  std::vector<AttentionKind> attentions;  // all are tried on the first set, and the fastest is kept
};

class Runner {
 public:
  Runner() = default;
  Runner(Program program, RunnerDevice device) : program_(std::move(program)), device_(std::move(device)) {}

  [[nodiscard]] const Program& program() const { return program_; }

  // Makes the slot anew, without inputs.
  void bind(std::size_t slot);
  // The tensor that passes read as the program's input of that number, on its device; undefined where it is
  // left out.
  void set_input(std::size_t slot, std::size_t input, const at::Tensor& tensor);
  // How long the longest text of a program over texts without padding is: a number on the host.
  void set_longest_text(std::size_t slot, const at::Tensor& number);
  // Before the first pass, and after other tensors were set: captures the graph, where there shall be one.
  // Details "cuda_graph_error" say why one that need not be there is not.
  void make_ready(std::size_t slot);
  // Starts a pass. Its outputs are ready after the accelerator's wait().
  void run(std::size_t slot);
  // Throws Internal where the last pass was none of this slot.
  [[nodiscard]] const at::Tensor& output(std::size_t slot, ir::ValueId id) const;

  // What was decided about graphs; empty on devices without them.
  [[nodiscard]] Json details() const { return details_; }
  // What deciding and capturing took; absent where neither was done.
  [[nodiscard]] std::optional<double> tune_ms() const { return tune_ms_; }

 private:
  void set_value(std::size_t slot, ir::ValueId id, const at::Tensor& tensor);
  struct Slot {
    Values values;    // constants and inputs
    Values captured;  // outputs of the graph
    std::unique_ptr<CapturedGraph> graph;
  };

  void run_steps(const Slot& slot);
  void capture(Slot& slot);
  // Decides, where it is not decided yet, and captures, which is only called for where graphs are used.
  void prepare_graph(Slot& slot);
  void give_up_graphs(std::string_view why);
  void choose_attention(Slot& slot, bool as_graph);
  void decide(Slot& slot);
  [[nodiscard]] double try_attention(Slot& slot, bool as_graph);
  [[nodiscard]] double median_ms(Slot& slot);
  void start(Slot& slot);

  Program program_;
  RunnerDevice device_;
  std::vector<Slot> slots_;
  Values values_;  // of the last pass that was run call by call
  std::optional<std::size_t> last_slot_;
  bool decided_ = false;
  Json details_ = Json::object();
  std::optional<double> tune_ms_;
};

}  // namespace medbench::torch_backend
