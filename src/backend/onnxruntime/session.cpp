#include "backend/onnxruntime/session.hpp"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace medbench::ort {

namespace {

HostTensor copy_of(const HostTensor& tensor) {
  HostTensor copy(tensor.dtype(), tensor.shape());
  std::copy(tensor.bytes().begin(), tensor.bytes().end(), copy.bytes().begin());
  return copy;
}

// The tensor's own memory as a value; the tensor must outlive it.
Handle<Value> value_on(const Api& api, const MemoryInfo* memory, HostTensor& tensor) {
  const auto& shape = tensor.shape();
  return create<Value>(api, slot::kCreateTensorWithData, memory, static_cast<void*>(tensor.bytes().data()),
                       tensor.bytes().size(), shape.data(), shape.size(), element_of(tensor.dtype()));
}

}  // namespace

ModelSession::ModelSession(const Runtime& runtime, lower::OnnxModel model, const SessionSettings& settings)
    : runtime_(&runtime), settings_(settings), weights_(std::move(model.initializers)) {
  if (settings.profiled) profile_folder_.emplace();
  const Handle<SessionOptions> options = make_options();
  if (CustomOps::are_supported(runtime.api())) {
    custom_ops_ = std::make_unique<CustomOps>(runtime.api());
    custom_ops_->add_to(options.get());
  }
  lend_weights(runtime.api(), options.get(), weights_);
  session_ =
      create<Session>(runtime.api(), slot::kCreateSessionFromArray, static_cast<const Env*>(runtime.env()),
                      model.proto.data(), model.proto.size(), options.get());
}

Handle<SessionOptions> ModelSession::make_options() const {
  const Api& api = runtime_->api();
  auto options = create<SessionOptions>(api, slot::kCreateSessionOptions);
  api.call(slot::kSetGraphOptimization, options.get(), Optimization::All);
  api.call(slot::kSetIntraOpThreads, options.get(), static_cast<int>(settings_.threads));
  api.call(slot::kSetInterOpThreads, options.get(), 1);
  if (settings_.memory_efficient) {
    api.call(slot::kDisableCpuMemArena, options.get());
    api.call(slot::kDisableMemPattern, options.get());
  }
  if (profile_folder_) {
    api.call(slot::kEnableProfiling, options.get(), (profile_folder_->path() / "session").c_str());
  }
  runtime_->append_provider(options.get(), settings_.provider);
  return options;
}

Handle<MemoryInfo> ModelSession::provider_memory() const {
  const Api& api = runtime_->api();
  if (settings_.provider.way != ProviderChoice::Way::Cuda) return host_memory(api);
  const std::string& text = settings_.provider.options.at("device_id");
  int id = 0;
  std::from_chars(text.data(), text.data() + text.size(), id);
  return create<MemoryInfo>(api, slot::kCreateMemoryInfo, "Cuda", AllocatorType::Device, id,
                            MemoryType::Default);
}

std::map<std::string, std::int64_t> ModelSession::allocator_statistics() const {
  const Api& api = runtime_->api();
  std::map<std::string, std::int64_t> statistics;
  if (!api.has(slot::kGetAllocatorStats)) return statistics;
  const Handle<MemoryInfo> memory = provider_memory();
  const auto allocator = create<Allocator>(api, slot::kCreateAllocator, session_.get(), memory.get());
  const auto pairs = create<KeyValuePairs>(api, slot::kGetAllocatorStats, allocator.get());
  for (const char* key : {"InUse", "MaxInUse", "TotalAllocated", "NumAllocs", "NumArenaExtensions"}) {
    const char* text = api.call(slot::kGetKeyValue, pairs.get(), key);
    if (text == nullptr) continue;
    const std::string_view view = text;
    std::int64_t number = 0;
    if (std::from_chars(view.data(), view.data() + view.size(), number).ec == std::errc()) {
      statistics[key] = number;
    }
  }
  return statistics;
}

BoundPass::BoundPass(const ModelSession& session, const std::vector<InputSpec>& inputs,
                     const std::vector<OutputSpec>& outputs, OutputPlace place, CudaStream* stream)
    : session_(&session), place_(place), stream_(stream), specs_(outputs) {
  const Api& api = session.runtime().api();
  // A value whose memory is the host's already is where the provider of the host reads it.
  if (session.settings().provider.way != ProviderChoice::Way::Cuda) place_ = OutputPlace::Host;
  binding_ = create<IoBinding>(api, slot::kCreateIoBinding, session.get());
  host_inputs_.reserve(inputs.size());  // values refer to them
  for (const InputSpec& input : inputs) bind_input(input);
  for (const OutputSpec& output : outputs) bind_output(output);
  api.call(slot::kSynchronizeInputs, binding_.get());
}

Handle<Value> BoundPass::value_on_device(std::size_t bytes, const std::vector<std::int64_t>& shape,
                                         DType dtype) {
  const Handle<MemoryInfo> memory = session_->provider_memory();
  void* data = device_memory_.emplace_back(stream_->allocate(bytes)).get();
  return create<Value>(session_->runtime().api(), slot::kCreateTensorWithData, memory.get(), data, bytes,
                       shape.data(), shape.size(), element_of(dtype));
}

void BoundPass::bind_input(const InputSpec& input) {
  const Api& api = session_->runtime().api();
  auto& [name, tensor] = host_inputs_.emplace_back(input.model_name, copy_of(*input.tensor));
  if (stream_ != nullptr) {
    values_.push_back(value_on_device(tensor.bytes().size(), tensor.shape(), tensor.dtype()));
    stream_->copy_to_device(device_memory_.back().get(), tensor.bytes().data(), tensor.bytes().size());
  } else {
    const Handle<MemoryInfo> memory = host_memory(api);
    values_.push_back(value_on(api, memory.get(), tensor));
  }
  // Copies to the provider's memory, where the value is elsewhere.
  api.call(slot::kBindInput, binding_.get(), name.c_str(), values_.back().get());
}

void BoundPass::bind_output(const OutputSpec& output) {
  const Api& api = session_->runtime().api();
  if (place_ == OutputPlace::Host) {
    const Handle<MemoryInfo> memory = host_memory(api);
    HostTensor& tensor = host_outputs_[output.name] = HostTensor(output.dtype, output.shape);
    values_.push_back(value_on(api, memory.get(), tensor));
  } else if (stream_ != nullptr) {
    const std::size_t bytes = static_cast<std::size_t>(element_count(output.shape)) * size_of(output.dtype);
    values_.push_back(value_on_device(bytes, output.shape, output.dtype));
  } else {
    if (!allocator_) {
      const Handle<MemoryInfo> memory = session_->provider_memory();
      allocator_ = create<Allocator>(api, slot::kCreateAllocator, session_->get(), memory.get());
    }
    values_.push_back(create<Value>(api, slot::kCreateTensor, allocator_.get(), output.shape.data(),
                                    output.shape.size(), element_of(output.dtype)));
  }
  api.call(slot::kBindOutput, binding_.get(), output.model_name.c_str(), values_.back().get());
}

void BoundPass::run(RunOptions* options) {
  session_->runtime().api().call(slot::kRunWithBinding, session_->get(), options, binding_.get());
}

void BoundPass::synchronize() {
  if (place_ == OutputPlace::Provider) {
    session_->runtime().api().call(slot::kSynchronizeOutputs, binding_.get());
  }
}

NamedTensors BoundPass::copied_outputs() const {
  NamedTensors result;
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    HostTensor tensor(specs_[i].dtype, specs_[i].shape);
    const void* data = device_memory_.at(host_inputs_.size() + i).get();
    stream_->copy_to_host(tensor.bytes().data(), data, tensor.bytes().size());
    result.emplace(specs_[i].name, HostTensor::from_f32(tensor.shape(), to_float(tensor.view())));
  }
  return result;
}

NamedTensors BoundPass::outputs() {
  if (place_ == OutputPlace::Provider && stream_ != nullptr) return copied_outputs();
  if (place_ == OutputPlace::Provider) {
    // The interface has no copy that every library can do: the same pass once more, with its outputs brought
    // to the host.
    std::vector<InputSpec> inputs;
    for (const auto& [name, tensor] : host_inputs_) inputs.push_back({.model_name = name, .tensor = &tensor});
    BoundPass again(*session_, inputs, specs_, OutputPlace::Host);
    again.run();
    return again.outputs();
  }
  NamedTensors result;
  for (const auto& [name, tensor] : host_outputs_) {
    result.emplace(name, HostTensor::from_f32(tensor.shape(), to_float(tensor.view())));
  }
  return result;
}

}  // namespace medbench::ort
