// One compiled model: a session with its weights, and sets of inputs and outputs bound to it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/onnxruntime/custom_ops.hpp"
#include "backend/onnxruntime/profile.hpp"
#include "backend/onnxruntime/runtime.hpp"
#include "backend/onnxruntime/weights.hpp"
#include "base/scratch_folder.hpp"
#include "base/tensor.hpp"
#include "device/cuda_stream.hpp"
#include "lower/onnx/onnx.hpp"

namespace medbench::ort {

using device::CudaStream;

inline constexpr std::string_view kProfilePurpose = "ONNX Runtime's profile";  // of a scratch folder

struct SessionSettings {
  std::int64_t threads = 1;  // of the intra-op pool
  // No arena and no memory pattern: nothing is kept beyond what the C library keeps. Slower.
  bool memory_efficient = false;
  bool profiled = false;      // every pass, which costs time; for end_profile()
  bool own_operators = true;  // registered with the library, where it can run them
  ProviderChoice provider;
};

// Where the outputs of a pass are put.
enum class OutputPlace {
  Host,      // memory of the host, whatever the provider; the copy is part of the pass
  Provider,  // memory of the provider; copied when asked for
};

struct TensorPlace {
  std::string name;        // what a caller calls it
  std::string model_name;  // what the ONNX model calls it
  std::vector<std::int64_t> shape;
  DType dtype = DType::F32;
};

class ModelSession;

// Room for inputs where the session reads them, and for the outputs.
class BoundPass {
 public:
  // With a stream all of them are in memory of the device of their own, which write() and read() copy to and
  // from by pinned memory of the host.
  BoundPass(const ModelSession& session, std::vector<TensorPlace> inputs, std::vector<TensorPlace> outputs,
            OutputPlace place, CudaStream* stream = nullptr);

  // After the pass of what was written before.
  void write(const NamedTensors& inputs);
  void run(RunOptions* options = nullptr);
  void synchronize();
  // Of the last run, as fp32, in place where there is room. Where they lie in a provider's memory and there
  // is no stream, the pass runs once more with its outputs brought to the host.
  void read(NamedTensors& outputs);
  [[nodiscard]] OutputPlace place() const { return place_; }

 private:
  void bind_input(const TensorPlace& input);
  void bind_output(const TensorPlace& output);
  [[nodiscard]] HostTensor host_tensor(const TensorPlace& place) const;
  Handle<Value> value_on_device(const TensorPlace& place);
  void read_by_stream(NamedTensors& outputs);

  const ModelSession* session_;
  OutputPlace place_;
  CudaStream* stream_;
  std::vector<TensorPlace> inputs_;
  std::vector<TensorPlace> outputs_;
  std::vector<HostTensor> host_inputs_;   // as inputs_
  std::vector<HostTensor> host_outputs_;  // as outputs_; empty where they are copied to a caller's
  std::vector<std::shared_ptr<void>> device_memory_;  // with a stream: of the inputs, then of the outputs
  Handle<Allocator> allocator_;                       // of the provider's memory
  std::vector<Handle<Value>> values_;                 // of the inputs, then of the outputs
  Handle<IoBinding> binding_;
};

class ModelSession {
 public:
  // Weights are lent to the library, not copied. Throws Runtime or Unsupported with the library's message.
  ModelSession(const Runtime& runtime, lower::OnnxModel model, const SessionSettings& settings);

  [[nodiscard]] const Runtime& runtime() const { return *runtime_; }
  [[nodiscard]] Session* get() const { return session_.get(); }
  [[nodiscard]] const SessionSettings& settings() const { return settings_; }
  // Of the allocator of activations, "InUse", "MaxInUse" ...; empty where the library does not tell.
  [[nodiscard]] std::map<std::string, std::int64_t> allocator_statistics() const;
  // Of a profiled session: the kernels of all passes so far. Ends the profile.
  [[nodiscard]] std::vector<RanNode> end_profile() const;
  // Name and number of the memory that the provider computes in; "Cpu" for the host's.
  [[nodiscard]] Handle<MemoryInfo> provider_memory() const;

 private:
  Handle<SessionOptions> make_options() const;

  const Runtime* runtime_;
  SessionSettings settings_;
  std::optional<ScratchFolder> profile_folder_;
  std::vector<lower::OnnxInitializer> weights_;  // outlive the session
  std::unique_ptr<CustomOps> custom_ops_;        // outlives the session; null where the library has none
  Handle<Session> session_;
};

// Runs the pass once more under the profiler and tells which kernels were called. Nothing where the library
// cannot profile a single pass.
std::vector<RanNode> profile_pass(const Runtime& runtime, BoundPass& pass);

}  // namespace medbench::ort
