#include "backend/torch/torch_backend.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <algorithm>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <fmt/ranges.h>
#include <limits>
#include <malloc.h>
#include <new>
#include <set>
#include <torch/headeronly/version.h>

#include "backend/int8.hpp"
#include "backend/torch/program.hpp"
#include "backend/torch/quantized_linear.hpp"
#include "base/error.hpp"
#include "ir/verifier.hpp"
#include "measure/host_device.hpp"
#include "passes/passes.hpp"

namespace medbench {

namespace {

using torch_backend::Program;
using torch_backend::Values;

constexpr std::size_t kMaskOperand = 3;  // of Attention

// ATen's errors come with a stack trace and sometimes mean that memory ran out.
template <class Work>
auto translate_errors(std::string_view what, Work work) {
  try {
    const c10::InferenceMode inference;
    return work();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    if (text.find("can't allocate memory") != std::string::npos) throw std::bad_alloc();
    throw runtime_failure("torch: {}: {}", what, printable(text, 400));
  }
}

// Weights are read, packed and freed one by one: each large block is a mapping of its own that goes back to
// the kernel at once, where by default the C library would move to its heap and leave holes there.
void return_freed_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 128 << 10);
}

// Activations are freed and asked for again in every pass. By default the C library gives large blocks back
// to the kernel each time and every pass pays for fresh zeroed pages; from here on it keeps them.
void keep_freed_memory() {
  ::malloc_trim(0);
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  ::mallopt(M_TOP_PAD, 64 << 20);
}

std::string library_path() {
  Dl_info info{};
  const auto address = reinterpret_cast<void*>(&at::get_num_threads);
  return ::dladdr(address, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

HostTensor to_host(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.to(at::kCPU, at::kFloat).contiguous();
  return HostTensor::from_f32(plain.sizes().vec(),
                              {plain.const_data_ptr<float>(), static_cast<std::size_t>(plain.numel())});
}

at::Tensor to_torch(const HostTensor& tensor) {
  auto* bytes = const_cast<std::byte*>(tensor.bytes().data());
  return at::from_blob(bytes, tensor.shape(),
                       at::TensorOptions().dtype(torch_backend::scalar_type(tensor.dtype())))
      .clone();
}

std::vector<std::string> precisions() {
  std::vector<std::string> names{"fp32", "bf16"};
  if (torch_backend::has_integer_linear()) names.emplace_back(kInt8);
  return names;
}

class TorchBackend final : public Backend {
 public:
  Capabilities describe() override {
    Capabilities capabilities;
    capabilities.backend = "torch";
    capabilities.runtime = runtime();
    capabilities.devices.push_back(host_device(precisions()));
    capabilities.reason = "cuda: this worker is built with libtorch for the CPU only";
    capabilities.advice = "use --device cpu";
    return capabilities;
  }

  Refusal supports(const Job& job) override {
    if (job.device != "cpu") return "this worker is built with libtorch for the CPU only; use --device cpu";
    const auto known = precisions();
    if (std::ranges::find(known, job.precision) != known.end()) return std::nullopt;
    return fmt::format("torch on the CPU runs {}, not {}", fmt::join(known, ", "), printable(job.precision));
  }

  void prepare(const ir::Graph& graph, ir::ParameterSource& weights, const PrepareContext& context) override {
    at::set_num_threads(static_cast<int>(context.threads));
    return_freed_memory();
    ir::Graph fused = passes::fuse_qkv(passes::fuse_linear(graph));
    quantization_ = nullptr;
    if (context.job.precision == kInt8) {
      fused = passes::quantize_linears(fused, quantization_settings(context.job, ReducedForm::Both),
                                       context.ranges);
      quantization_ = describe_quantization(fused, context.job);
    }
    const bool memory_efficient = context.job.quantization && context.job.quantization->memory_efficient;
    if (context.job.precision == "bf16") fused = passes::lower_precision(fused, DType::BF16);
    ir::check_binding(fused, context.binding);
    slots_.clear();
    input_names_.clear();
    for (const ir::ValueId id : fused.inputs()) input_names_.push_back(fused.value(id).name);
    masks_ = inputs_that_only_mask(fused);
    translate_errors("preparing the model", [&] {
      program_ = torch_backend::compile(fused, weights, context.binding, memory_efficient);
    });
    if (!memory_efficient) keep_freed_memory();
  }

  void upload(std::size_t slot, const NamedTensors& inputs) override {
    translate_errors("uploading inputs", [&] {
      if (slots_.size() <= slot) slots_.resize(slot + 1);
      Values values = program_.constants;
      for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
        const auto it = inputs.find(input_names_[i]);
        if (it == inputs.end()) throw internal_error("torch: no input \"{}\" was given", input_names_[i]);
        at::Tensor tensor = to_torch(it->second);
        if (masks_.contains(program_.inputs[i])) {
          tensor = tensor.ne(0);
          if (tensor.all().item<bool>()) tensor = at::Tensor();
        }
        values[program_.inputs[i]] = std::move(tensor);
      }
      slots_[slot] = std::move(values);
    });
  }

  void enqueue(std::size_t slot) override {
    translate_errors("the forward pass", [&] {
      // Copies the handles of constants and inputs, no data.
      values_ = slots_.at(slot);
      for (const auto& step : program_.steps) {
        step.call(values_);
        for (const ir::ValueId id : step.dead) values_[id].reset();
      }
    });
  }

  void synchronize() override {}  // ATen's calls on the CPU return when they are done

  NamedTensors download() override {
    return translate_errors("downloading outputs", [&] {
      NamedTensors outputs;
      for (const auto& output : program_.outputs)
        outputs.emplace(output.name, to_host(values_.at(output.value)));
      return outputs;
    });
  }

  std::string effective_precision() override {
    std::string text;
    if (!quantization_.is_null()) {
      for (const auto& name : program_.layer_precisions) text += (text.empty() ? "" : "+") + name;
      return text;
    }
    for (const auto type : program_.compute_types) {
      const std::string name = type == at::kFloat      ? "fp32"
                               : type == at::kBFloat16 ? "bf16"
                                                       : c10::toString(type);
      text += (text.empty() ? "" : "+") + name;
    }
    return text;
  }

  RuntimeInfo runtime() override {
    return {.name = "libtorch", .version = TORCH_VERSION, .library = library_path()};
  }

  Json details() override {
    Json details;
    details["kernels"] = program_.kernels;
    details["cpu_capability"] = at::get_cpu_capability();
    if (!quantization_.is_null()) details["quantization"] = quantization_;
    details["threads"] = at::get_num_threads();
    return details;
  }

 private:
  // Integer masks become booleans once, at upload, where nothing else reads them.
  static std::set<ir::ValueId> inputs_that_only_mask(const ir::Graph& graph) {
    std::set<ir::ValueId> masks;
    std::set<ir::ValueId> others;
    for (const auto& node : graph.nodes) {
      const bool attention = std::holds_alternative<ir::Attention>(node.op);
      for (std::size_t i = 0; i < node.inputs.size(); ++i)
        (attention && i == kMaskOperand ? masks : others).insert(node.inputs[i]);
    }
    for (const auto& output : graph.outputs) others.insert(output.value);
    std::erase_if(masks, [&](ir::ValueId id) { return others.contains(id); });
    return masks;
  }

  Program program_;
  Json quantization_;  // null for other precisions
  std::vector<std::string> input_names_;
  std::set<ir::ValueId> masks_;
  std::vector<Values> slots_;
  Values values_;
};

}  // namespace

std::unique_ptr<Backend> make_torch_backend() {
  return std::make_unique<TorchBackend>();
}

}  // namespace medbench
