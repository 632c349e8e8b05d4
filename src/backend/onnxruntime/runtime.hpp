// A loaded library with its environment, and the execution providers that it can use.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/cuda_graphs.hpp"
#include "backend/onnxruntime/library.hpp"
#include "backend/onnxruntime/ort_handles.hpp"
#include "job/target.hpp"

namespace medbench::ort {

// Forms of the model: for every provider, with the CUDA provider's fused operators, and as TensorRT reads it.
inline constexpr std::string_view kPlainForm = "onnxruntime";
inline constexpr std::string_view kCudaForm = "onnxruntime-cuda";
inline constexpr std::string_view kTensorRtForm = "tensorrt";

// A target's options, checked. Keys: ort.library, ort.ep_library, ort.ep, ort.ep_option.<key>,
// ort.cuda_graphs, ort.form, ort.own_kernels.
inline constexpr std::string_view kOwnKernels = "ort.own_kernels";
struct Options {
  std::string provider_library;  // path of a plug-in provider; empty: none
  std::string provider;          // its name, such as "CUDAExecutionProvider"; empty: by the device
  std::map<std::string, std::string> provider_options;
  GraphMode graphs = GraphMode::Auto;
  std::string form;         // one of those above; empty: by the provider
  bool own_kernels = true;  // whether operators of our own may be used

  friend bool operator==(const Options&, const Options&) = default;
};
// Throws Usage for a key "ort...." that is not in the list, or an option of a provider that is not named.
Options read_options(const std::map<std::string, std::string>& options);

// A device that a provider offers.
struct ProviderDevice {
  std::string provider;
  HardwareType type = HardwareType::Cpu;
  std::string vendor;
  const EpDevice* handle = nullptr;
};

// How a session gets its provider.
struct ProviderChoice {
  // Cpu: nothing to append, it is always there
  enum class Way { Cpu, Cuda, TensorRt, ByName, ByDevice };
  Way way = Way::Cpu;
  std::string name = "CPUExecutionProvider";
  std::map<std::string, std::string> options;
  std::vector<const EpDevice*> devices;  // ByDevice

  // TensorRT, built in or as a plug-in: a profile shows its engines as single nodes.
  [[nodiscard]] bool makes_engines() const;
};

class Runtime {
 public:
  explicit Runtime(Library library);

  [[nodiscard]] const Library& library() const { return library_; }
  [[nodiscard]] const Api& api() const { return library_.api; }
  [[nodiscard]] Env* env() const { return env_.get(); }

  // Built into the library or lying beside it: "CPUExecutionProvider", "CUDAExecutionProvider" ...
  [[nodiscard]] std::vector<std::string> available_providers() const;
  // Of built-in and plug-in providers; empty where the library is too old to say.
  [[nodiscard]] std::vector<ProviderDevice> provider_devices() const;

  // Throws Environment when the library is missing, is none, or is refused; once for each path.
  void register_provider_library(const std::string& path);

  // Which provider runs a target on `device`, or the reason why none does. Loads the options' plug-in.
  // Throws Environment where their provider is not there on any device.
  struct Selection {
    ProviderChoice choice;
    std::optional<std::string> refusal;
  };
  [[nodiscard]] Selection select_provider(const std::string& device, const Options& options);

  void append_provider(SessionOptions* session_options, const ProviderChoice& choice) const;

 private:
  [[nodiscard]] Selection select_named(const std::string& device, const Options& options) const;

  Library library_;
  Handle<Env> env_;
  std::vector<std::string> registered_;
};

// "gpu"
std::string_view to_string(HardwareType type);

}  // namespace medbench::ort
