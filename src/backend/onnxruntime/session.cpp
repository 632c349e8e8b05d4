#include "backend/onnxruntime/session.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace medbench::ort {

namespace {

// The tensor's own memory as a value; the tensor must outlive it.
Handle<Value> value_on(const Api& api, const MemoryInfo* memory, HostTensor& tensor) {
  const auto& shape = tensor.shape();
  return create<Value>(api, slot::kCreateTensorWithData, memory, static_cast<void*>(tensor.bytes().data()),
                       tensor.bytes().size(), shape.data(), shape.size(), element_of(tensor.dtype()));
}

}  // namespace

ModelSession::ModelSession(const Runtime& runtime, lower::OnnxModel model, const SessionSettings& settings)
    : runtime_(&runtime), settings_(settings), weights_(std::move(model.initializers)) {
  if (settings.profiled) profile_folder_.emplace(kProfilePurpose);
  const Handle<SessionOptions> options = make_options();
  if (settings.own_operators && CustomOps::are_supported(runtime.api())) {
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

BoundPass::BoundPass(const ModelSession& session, std::vector<TensorPlace> inputs,
                     std::vector<TensorPlace> outputs, OutputPlace place, CudaStream* stream)
    : session_(&session),
      place_(place),
      stream_(stream),
      inputs_(std::move(inputs)),
      outputs_(std::move(outputs)) {
  // A value whose memory is the host's already is where the provider of the host reads it.
  if (session.settings().provider.way != ProviderChoice::Way::Cuda) place_ = OutputPlace::Host;
  binding_ = create<IoBinding>(session.runtime().api(), slot::kCreateIoBinding, session.get());
  host_inputs_.reserve(inputs_.size());  // values refer to them
  host_outputs_.reserve(outputs_.size());
  for (const TensorPlace& input : inputs_) bind_input(input);
  for (const TensorPlace& output : outputs_) bind_output(output);
}

HostTensor BoundPass::host_tensor(const TensorPlace& place) const {
  return stream_ != nullptr ? stream_->pinned_tensor(place.dtype, place.shape)
                            : HostTensor(place.dtype, place.shape);
}

Handle<Value> BoundPass::value_on_device(const TensorPlace& place) {
  const Handle<MemoryInfo> memory = session_->provider_memory();
  const std::size_t bytes = static_cast<std::size_t>(element_count(place.shape)) * size_of(place.dtype);
  void* data = device_memory_.emplace_back(stream_->allocate(bytes)).get();
  return create<Value>(session_->runtime().api(), slot::kCreateTensorWithData, memory.get(), data, bytes,
                       place.shape.data(), place.shape.size(), element_of(place.dtype));
}

void BoundPass::bind_input(const TensorPlace& input) {
  const Api& api = session_->runtime().api();
  HostTensor& tensor = host_inputs_.emplace_back(host_tensor(input));
  if (stream_ != nullptr) {
    values_.push_back(value_on_device(input));
  } else {
    const Handle<MemoryInfo> memory = host_memory(api);
    values_.push_back(value_on(api, memory.get(), tensor));
  }
  api.call(slot::kBindInput, binding_.get(), input.model_name.c_str(), values_.back().get());
}

void BoundPass::bind_output(const TensorPlace& output) {
  const Api& api = session_->runtime().api();
  if (place_ == OutputPlace::Host) {
    const Handle<MemoryInfo> memory = host_memory(api);
    values_.push_back(value_on(api, memory.get(), host_outputs_.emplace_back(host_tensor(output))));
  } else if (stream_ != nullptr) {
    host_outputs_.push_back(output.dtype == DType::F32 ? HostTensor() : host_tensor(output));
    values_.push_back(value_on_device(output));
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

void BoundPass::write(const NamedTensors& inputs) {
  const Api& api = session_->runtime().api();
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const auto given = inputs.find(inputs_[i].name);
    if (given == inputs.end())
      throw internal_error("onnxruntime: no input \"{}\" was given", inputs_[i].name);
    const HostTensor& tensor = given->second;
    if (tensor.dtype() != inputs_[i].dtype || tensor.shape() != inputs_[i].shape) {
      throw internal_error("onnxruntime: the input \"{}\" must be {}, found {}", inputs_[i].name,
                           shape_to_string(inputs_[i].shape), shape_to_string(tensor.shape()));
    }
    std::ranges::copy(tensor.bytes(), host_inputs_[i].bytes().begin());
    if (stream_ != nullptr) {
      const std::span<const std::byte> bytes = host_inputs_[i].bytes();
      stream_->copy_to_device(device_memory_[i].get(), bytes.data(), bytes.size());
    } else if (session_->settings().provider.way != ProviderChoice::Way::Cpu) {
      // Copies once more to the provider's memory, where the value is elsewhere.
      api.call(slot::kBindInput, binding_.get(), inputs_[i].model_name.c_str(), values_[i].get());
    }
  }
  // The pass is in the stream, behind the copies.
  if (stream_ == nullptr) api.call(slot::kSynchronizeInputs, binding_.get());
}

void BoundPass::run(RunOptions* options) {
  session_->runtime().api().call(slot::kRunWithBinding, session_->get(), options, binding_.get());
}

void BoundPass::synchronize() {
  if (place_ == OutputPlace::Provider) {
    session_->runtime().api().call(slot::kSynchronizeOutputs, binding_.get());
  }
}

void BoundPass::read(NamedTensors& outputs) {
  if (place_ == OutputPlace::Provider && stream_ == nullptr) {
    // The interface has no copy that every library can do: the same pass once more, with its outputs brought
    // to the host.
    BoundPass again(*session_, inputs_, outputs_, OutputPlace::Host);
    NamedTensors inputs;
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      inputs.emplace(inputs_[i].name, std::move(host_inputs_[i]));
    again.write(inputs);
    for (std::size_t i = 0; i < inputs_.size(); ++i) host_inputs_[i] = std::move(inputs.at(inputs_[i].name));
    again.run();
    return again.read(outputs);
  }
  if (place_ == OutputPlace::Provider) return read_by_stream(outputs);
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const TensorPlace& output = outputs_[i];
    to_float(output.dtype, host_outputs_[i].bytes(), make_room(outputs, output.name, output.shape).f32());
  }
}

void BoundPass::read_by_stream(NamedTensors& outputs) {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const TensorPlace& output = outputs_[i];
    HostTensor* room = find_room(outputs, output.name, output.shape);
    if (room == nullptr) room = &(outputs[output.name] = stream_->pinned_tensor(DType::F32, output.shape));
    const std::span<std::byte> bytes = (output.dtype == DType::F32 ? *room : host_outputs_[i]).bytes();
    stream_->copy_to_host(bytes.data(), device_memory_.at(inputs_.size() + i).get(), bytes.size());
  }
  stream_->synchronize();
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const TensorPlace& output = outputs_[i];
    if (output.dtype != DType::F32)
      to_float(output.dtype, host_outputs_[i].bytes(), outputs.at(output.name).f32());
  }
}

}  // namespace medbench::ort
