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

Handle<MemoryInfo> host_memory(const Api& api) {
  return create<MemoryInfo>(api, slot::kCreateMemoryInfo, "Cpu", AllocatorType::Device, 0,
                            MemoryType::Default);
}

// The tensor's own memory as a value; the tensor must outlive it.
Handle<Value> value_on(const Api& api, const MemoryInfo* memory, HostTensor& tensor) {
  const auto& shape = tensor.shape();
  return create<Value>(api, slot::kCreateTensorWithData, memory, static_cast<void*>(tensor.bytes().data()),
                       tensor.bytes().size(), shape.data(), shape.size(), element_of(tensor.dtype()));
}

}  // namespace

ModelSession::ModelSession(const Runtime& runtime, lower::OnnxModel model, const SessionSettings& settings)
    : runtime_(&runtime),
      settings_(settings),
      lender_(std::make_unique<WeightLender>(runtime.api())),
      proto_(std::move(model.proto)) {
  if (settings.profiled) profile_folder_.emplace();
  const Handle<SessionOptions> options = make_options();
  lender_->lend(options.get(), std::move(model.initializers));
  session_ =
      create<Session>(runtime.api(), slot::kCreateSessionFromArray, static_cast<const Env*>(runtime.env()),
                      proto_.data(), proto_.size(), options.get());
  proto_ = {};
  read_input_names();
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

void ModelSession::read_input_names() {
  const Api& api = runtime_->api();
  Allocator* allocator = nullptr;  // the library's own
  api.call(slot::kGetDefaultAllocator, &allocator);
  std::size_t count = 0;
  api.call(slot::kGetInputCount, session_.get(), &count);
  for (std::size_t i = 0; i < count; ++i) {
    char* name = nullptr;
    api.call(slot::kGetInputName, session_.get(), i, allocator, &name);
    input_names_.emplace_back(name);
    api.call(slot::kAllocatorFree, allocator, name);
  }
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

BoundPass::BoundPass(const ModelSession& session, const NamedTensors& inputs,
                     const std::vector<OutputSpec>& outputs, OutputPlace place)
    : session_(&session), place_(place), specs_(outputs) {
  const Api& api = session.runtime().api();
  // A value whose memory is the host's already is where the provider of the host reads it.
  if (session.settings().provider.way != ProviderChoice::Way::Cuda) place_ = OutputPlace::Host;
  binding_ = create<IoBinding>(api, slot::kCreateIoBinding, session.get());
  const Handle<MemoryInfo> memory = host_memory(api);
  for (const std::string& name : session.input_names()) {
    const auto found = inputs.find(name);
    if (found == inputs.end()) throw internal_error("onnxruntime: no input \"{}\" was given", name);
    HostTensor& tensor = host_inputs_[name] = copy_of(found->second);
    values_.push_back(value_on(api, memory.get(), tensor));
    // Copies to the provider's memory, where that is another.
    api.call(slot::kBindInput, binding_.get(), name.c_str(), values_.back().get());
  }
  for (const OutputSpec& output : outputs) bind_output(output);
  api.call(slot::kSynchronizeInputs, binding_.get());
}

void BoundPass::bind_output(const OutputSpec& output) {
  const Api& api = session_->runtime().api();
  const Handle<MemoryInfo> memory =
      place_ == OutputPlace::Host ? host_memory(api) : session_->provider_memory();
  if (place_ == OutputPlace::Host) {
    HostTensor& tensor = host_outputs_[output.name] = HostTensor(DType::F32, output.shape);
    values_.push_back(value_on(api, memory.get(), tensor));
  } else {
    if (!allocator_) {
      allocator_ = create<Allocator>(api, slot::kCreateAllocator, session_->get(), memory.get());
    }
    values_.push_back(create<Value>(api, slot::kCreateTensor, allocator_.get(), output.shape.data(),
                                    output.shape.size(), Element::Float));
  }
  api.call(slot::kBindOutput, binding_.get(), output.name.c_str(), values_.back().get());
}

void BoundPass::run(RunOptions* options) {
  session_->runtime().api().call(slot::kRunWithBinding, session_->get(), options, binding_.get());
}

void BoundPass::synchronize() {
  if (place_ == OutputPlace::Provider) {
    session_->runtime().api().call(slot::kSynchronizeOutputs, binding_.get());
  }
}

NamedTensors BoundPass::outputs() {
  if (place_ == OutputPlace::Provider) {
    // The interface has no copy that every library can do: the same pass once more, with its outputs brought
    // to the host.
    BoundPass again(*session_, host_inputs_, specs_, OutputPlace::Host);
    again.run();
    return std::move(again.host_outputs_);
  }
  NamedTensors result;
  for (const auto& [name, tensor] : host_outputs_) result.emplace(name, copy_of(tensor));
  return result;
}

}  // namespace medbench::ort
