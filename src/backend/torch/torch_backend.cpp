#include "backend/torch/torch_backend.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <new>
#include <torch/headeronly/version.h>

#include "backend/torch/accelerator.hpp"
#include "backend/torch/cuda_library.hpp"
#include "backend/torch/devices.hpp"
#include "backend/torch/graph_inputs.hpp"
#include "backend/torch/images.hpp"
#include "backend/torch/inductor.hpp"
#include "backend/torch/input_room.hpp"
#include "backend/torch/options.hpp"
#include "backend/torch/prepared_graph.hpp"
#include "backend/torch/program.hpp"
#include "backend/torch/runner.hpp"
#include "backend/torch/tensors.hpp"
#include "backend/torch/torch_library.hpp"
#include "base/error.hpp"
#include "job/own_kernels.hpp"
#include "passes/precision.hpp"

namespace medbench {

namespace {

using torch_backend::Accelerator;
using torch_backend::Form;
using torch_backend::GraphInput;
using torch_backend::InputRoom;
using torch_backend::Runner;
using torch_backend::to_host;

// ATen's errors come with a stack trace and sometimes mean that memory ran out.
template <class Work>
auto translate_errors(std::string_view what, Work work) {
  try {
    const c10::InferenceMode inference;
    return work();
  } catch (const c10::OutOfMemoryError&) {
    throw std::bad_alloc();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    if (text.find("can't allocate memory") != std::string::npos) throw std::bad_alloc();
    throw runtime_failure("torch: {}: {}", what, printable(text, 400));
  }
}

class TorchBackend final : public Backend {
 public:
  Capabilities describe() override {
    Capabilities capabilities;
    capabilities.backend = "torch";
    capabilities.runtime = runtime();
    torch_backend::list_devices(capabilities);
    return capabilities;
  }

  Refusal supports(const Target& target) override {
    torch_backend::read_options(target.options);
    return torch_backend::refuse_device(target.device, target.precision);
  }

  [[nodiscard]] bool takes_batch_norms() const override { return true; }

  void build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) override {
    at::set_num_threads(static_cast<int>(build.threads));
    options_ = torch_backend::read_options(build.target.options);
    forget();
    has_images_ = torch_backend::has_images(graph);
    if (!has_images_) return build_as(Form::Fused, graph, weights, build);
    if (!options_.compile) return build_as(Form::Eager, graph, weights, build);
    try {
      build_as(Form::Fused, graph, weights, build);
      compilation_["compiled"] = true;
      compilation_["compiler"] = options_.inductor ? "inductor" : device_.is_cpu() ? "onednn" : "cuda_graph";
    } catch (const Error& error) {
      forget();
      compilation_["compiled"] = false;
      compilation_["compile_error"] = error.what();
      options_.compile = options_.inductor = false;
      build_as(Form::Eager, graph, weights, build);
    }
  }

  void bind(std::size_t slot, const Axes& axes) override {
    translate_errors("making room for inputs", [&] {
      std::vector<InputRoom> rooms;
      for (const GraphInput& input : inputs_)
        rooms.emplace_back(input.dtype, ir::bind(input.shape, axes), device_, order_of(input));
      runner_.bind(slot);
      if (rooms_.size() <= slot) rooms_.resize(slot + 1);
      rooms_[slot] = std::move(rooms);
    });
  }

  void write(std::size_t slot, const NamedTensors& inputs) override {
    translate_errors("writing inputs", [&] {
      std::vector<InputRoom>& rooms = rooms_.at(slot);
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        const auto given = inputs.find(inputs_[i].name);
        if (given == inputs.end()) throw internal_error("torch: no input \"{}\" was given", inputs_[i].name);
        if (inputs_[i].only_masks) {
          rooms[i].write_mask(given->second, type_);
        } else if (inputs_[i].are_offsets) {
          rooms[i].write_offsets(given->second);
          runner_.set_longest_text(slot, rooms[i].longest_text());
        } else {
          rooms[i].write(given->second);
        }
        runner_.set_input(slot, i, rooms[i].tensor());
      }
      runner_.make_ready(slot);
    });
  }

  void enqueue(std::size_t slot) override {
    translate_errors("the forward pass", [&] { runner_.run(slot); });
  }

  // ATen's calls on the CPU return when they are done.
  void wait(std::size_t) override {
    if (accelerator_) translate_errors("the forward pass", [&] { accelerator_->wait(); });
  }

  void read(std::size_t slot, NamedTensors& outputs) override {
    translate_errors("reading outputs", [&] {
      for (const auto& output : runner_.program().outputs)
        to_host(runner_.output(slot, output.value), output.name, outputs);
    });
  }

  std::optional<double> device_time_ms() override {
    if (!accelerator_) return std::nullopt;
    return translate_errors("reading the device's timer", [&] { return accelerator_->elapsed_ms(); });
  }

  void report(EngineReport& report) override {
    report.runtime = runtime();
    if (uses_own_kernels(runner_.program())) report.runtime.name += kWithOwnKernels;
    report.effective_precision = effective_precision();
    if (accelerator_) report.memory = accelerator_->memory();
    report.tune_ms = runner_.tune_ms();
    report.details = details();
    if (const auto error = report.details.find("cuda_graph_error"); error != report.details.end()) {
      report.warnings.push_back({"not_captured", error->get<std::string>(),
                                 "its passes are launched kernel by kernel, which costs small models most"});
    }
    if (const auto error = compilation_.find("compile_error"); error != compilation_.end()) {
      report.warnings.push_back(
          {"not_compiled", error->get<std::string>(),
           "this row is what eager PyTorch does: mend what is said, or leave the option out"});
    }
  }

 private:
  void build_as(Form form, const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) {
    // Inductor does passes of its own.
    torch_backend::PreparedGraph prepared =
        torch_backend::prepare_graph(graph, weights, build, options_, options_.inductor ? Form::Eager : form);
    quantization_ = prepared.quantization;
    amp_ = prepared.amp;
    const DType dtype = passes::dtype_of_precision(build.target.precision).value_or(DType::F32);
    type_ = torch_backend::scalar_type(dtype);
    inputs_ = torch_backend::inputs_of(prepared.graph);
    translate_errors("preparing the model", [&] {
      open_device(build.target, prepared.graph);
      // Compiled, as tensor cores like it.
      channels_last_ = options_.channels_last || (has_images_ && form == Form::Fused && !options_.inductor &&
                                                  device_.is_cuda() && dtype != DType::F32);
      runner_ = Runner(make_program(form, prepared, build), runner_device_);
      if (accelerator_) accelerator_->release_unused_memory();
    });
  }

  torch_backend::Program make_program(Form form, const torch_backend::PreparedGraph& prepared,
                                      const Build& build) {
    if (options_.inductor) {
      if (!build.shapes.is_fixed())
        throw unsupported_error("torch: inductor is given one size, and these inputs have several");
      return torch_backend::compile_with_inductor(
          prepared.graph, *prepared.weights, build.shapes.most,
          {.device = device_, .channels_last = channels_last_, .threads = build.threads}, compilation_);
    }
    return torch_backend::compile(
        prepared.graph, *prepared.weights, build.shapes,
        {.form = form,
         .device = device_,
         .memory_efficient = build.target.quantization && build.target.quantization->memory_efficient,
         .own_kernels = options_.own_kernels,
         .channels_last = channels_last_});
  }

  static RuntimeInfo runtime() {
    return {.name = "libtorch", .version = TORCH_VERSION, .library = torch_backend::torch_library().string()};
  }

  [[nodiscard]] std::string effective_precision() const {
    std::string text;
    if (!quantization_.is_null()) {
      for (const auto& name : runner_.program().layer_precisions) text += (text.empty() ? "" : "+") + name;
      return text;
    }
    for (const auto type : runner_.program().compute_types) {
      const std::string name = type == at::kFloat      ? allows_tf32_ ? "tf32" : "fp32"
                               : type == at::kHalf     ? "fp16"
                               : type == at::kBFloat16 ? "bf16"
                                                       : c10::toString(type);
      text += (text.empty() ? "" : "+") + name;
    }
    return text;
  }

  [[nodiscard]] Json details() const {
    Json details = runner_.details();
    details["kernels"] = runner_.program().kernels;
    details["cpu_capability"] = at::get_cpu_capability();
    if (!quantization_.is_null()) details["quantization"] = quantization_;
    details["threads"] = at::get_num_threads();
    if (has_images_ || amp_) details["amp"] = amp_;
    if (has_images_) {
      details.update(compilation_);
      // What is compiled for a card is one captured graph; its kernels are fused all the same.
      if (const auto error = details.find("cuda_graph_error"); error != details.end() && options_.compile) {
        details["compile_error"] = "no captured graph: " + error->get<std::string>();
        details["compiled"] = false;
      }
      details["channels_last"] = options_.channels_last;
      if (device_.is_cuda()) details["cudnn_benchmark"] = options_.cudnn_benchmark;
    }
    if (accelerator_) details["allow_tf32"] = allows_tf32_;
    if (const auto& problem = runner_.program().kernel_problem; !problem.empty())
      details["kernel_problem"] = problem;
    return details;
  }

  // What an earlier preparation left, in the order in which it may go.
  void forget() {
    runner_ = Runner();
    runner_device_ = {};
    accelerator_.reset();
    inputs_.clear();
    rooms_.clear();
    compilation_ = Json::object();
  }

  void open_device(const Target& target, const ir::Graph& graph) {
    device_ = torch_backend::device_of(target.device);
    allows_tf32_ = device_.is_cuda() && options_.allow_tf32;
    if (device_.is_cpu()) return;
    if (device_.is_cuda()) {
      runner_device_.cuda = torch_backend::cuda_support().module;
      const GraphMode usual = !has_images_       ? GraphMode::Auto
                              : options_.compile ? GraphMode::On
                                                 : GraphMode::Off;
      runner_device_.graphs = options_.graphs.value_or(usual);
      runner_device_.must_capture = options_.graphs == GraphMode::On;
      if (type_ != at::kFloat && torch_backend::has_attention(graph))
        runner_device_.attentions = torch_backend::fused_attentions();
      at::globalContext().setAllowTF32CuBLAS(options_.allow_tf32);
      at::globalContext().setAllowTF32CuDNN(options_.allow_tf32);
      at::globalContext().setBenchmarkCuDNN(options_.cudnn_benchmark);
    }
    accelerator_.emplace(device_);
    runner_device_.accelerator = &*accelerator_;
  }

  [[nodiscard]] at::MemoryFormat order_of(const GraphInput& input) const {
    return torch_backend::memory_format(static_cast<std::int64_t>(input.shape.size()),
                                        channels_last_ && has_images_);
  }

  torch_backend::Options options_;
  bool has_images_ = false;
  bool amp_ = false;
  bool channels_last_ = false;         // of images here, asked for or not
  Json compilation_ = Json::object();  // what became of torch.compile, where it was asked for
  at::ScalarType type_ = at::kFloat;
  c10::Device device_ = c10::kCPU;
  bool allows_tf32_ = false;
  std::optional<Accelerator> accelerator_;
  torch_backend::RunnerDevice runner_device_;
  Runner runner_;
  Json quantization_;                          // null for other precisions
  std::vector<GraphInput> inputs_;             // in the program's order
  std::vector<std::vector<InputRoom>> rooms_;  // by slot
};

}  // namespace

std::unique_ptr<Backend> make_torch_backend() {
  return std::make_unique<TorchBackend>();
}

std::unique_ptr<Backend> make_torch_backend_of_worker(char** argv) {
  torch_backend::switch_torch_library(argv);
  return make_torch_backend();
}

}  // namespace medbench
