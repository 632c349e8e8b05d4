#include "backend/onnxruntime/runtime.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fmt/ranges.h>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "job/own_kernels.hpp"

namespace medbench::ort {

namespace {

constexpr std::string_view kCpuProvider = "CPUExecutionProvider";
constexpr std::string_view kCudaProvider = "CUDAExecutionProvider";
constexpr std::string_view kTensorRtProvider = "TensorrtExecutionProvider";
constexpr std::string_view kTensorRtForRtxProvider = "NvTensorRTRTXExecutionProvider";
constexpr std::string_view kOptionPrefix = "ort.ep_option.";

// The hardware that a target's device stands for; "cuda:1" is the gpu.
std::optional<HardwareType> hardware_of(std::string_view device) {
  struct Row {
    std::string_view prefix;
    HardwareType type;
  };
  constexpr std::array kRows{Row{"cpu", HardwareType::Cpu}, Row{"cuda", HardwareType::Gpu},
                             Row{"gpu", HardwareType::Gpu}, Row{"npu", HardwareType::Npu}};
  const std::string_view kind = device.substr(0, device.find(':'));
  for (const Row& row : kRows) {
    if (row.prefix == kind) return row.type;
  }
  return std::nullopt;
}

// Of "cuda:1", for the library.
std::string number_of(const std::string& device) {
  const std::size_t colon = device.find(':');
  return colon == std::string::npos ? "0" : device.substr(colon + 1);
}

ProviderChoice cuda_choice(const std::string& device, const Options& options) {
  ProviderChoice choice{.way = ProviderChoice::Way::Cuda,
                        .name = std::string(kCudaProvider),
                        .options = options.provider_options,
                        .devices = {}};
  // Products of fp32 in TF32 only where that is asked for.
  choice.options.emplace("use_tf32", "0");
  choice.options.emplace("device_id", number_of(device));
  return choice;
}

// Keys and values as the library takes them.
struct OptionArrays {
  std::vector<const char*> keys;
  std::vector<const char*> values;
};
OptionArrays arrays_of(const std::map<std::string, std::string>& options) {
  OptionArrays arrays;
  for (const auto& [key, value] : options) {
    arrays.keys.push_back(key.c_str());
    arrays.values.push_back(value.c_str());
  }
  return arrays;
}

}  // namespace

bool ProviderChoice::makes_engines() const {
  return name == kTensorRtProvider || name == kTensorRtForRtxProvider;
}

std::string_view to_string(HardwareType type) {
  switch (type) {
    case HardwareType::Cpu:
      return "cpu";
    case HardwareType::Gpu:
      return "gpu";
    case HardwareType::Npu:
      return "npu";
  }
  return "unknown";
}

Options read_options(const std::map<std::string, std::string>& options) {
  Options result;
  for (const auto& [key, value] : options) {
    if (!key.starts_with("ort.")) continue;
    if (key == "ort.library") continue;
    if (key == "ort.ep_library") {
      result.provider_library = value;
    } else if (key == "ort.ep") {
      result.provider = value;
    } else if (key == "ort.form") {
      if (value != kPlainForm && value != kCudaForm && value != kTensorRtForm)
        throw usage_error("option ort.form={}: give {}, {} or {}", printable(value), kPlainForm, kCudaForm,
                          kTensorRtForm);
      result.form = value;
    } else if (key == "ort.cuda_graphs") {
      result.graphs = read_graph_mode(key, value);
    } else if (key == kOwnKernels) {
      result.own_kernels = read_on_or_off(key, value);
    } else if (key.starts_with(kOptionPrefix) && key.size() > kOptionPrefix.size()) {
      result.provider_options[key.substr(kOptionPrefix.size())] = value;
    } else {
      throw usage_error(
          "the onnxruntime backend has no option '{}': it takes ort.library, ort.ep_library, "
          "ort.ep, ort.cuda_graphs, ort.form, {} and ort.ep_option.<key>",
          printable(key), kOwnKernels);
    }
  }
  if (result.provider.empty() && (!result.provider_library.empty() || !result.provider_options.empty())) {
    throw usage_error("ort.ep_library and ort.ep_option need the provider's name: give ort.ep as well");
  }
  return result;
}

Runtime::Runtime(Library library)
    : library_(std::move(library)),
      env_(create<Env>(library_.api, slot::kCreateEnv, LogLevel::Error, "medbench")) {}

std::vector<std::string> Runtime::available_providers() const {
  char** names = nullptr;
  int count = 0;
  api().call(slot::kGetAvailableProviders, &names, &count);
  std::vector<std::string> providers(names, names + count);
  api().call(slot::kReleaseAvailableProviders, names, count);
  return providers;
}

std::vector<ProviderDevice> Runtime::provider_devices() const {
  std::vector<ProviderDevice> result;
  if (!api().has(slot::kGetEpDevices)) return result;
  const EpDevice* const* devices = nullptr;
  std::size_t count = 0;
  api().call(slot::kGetEpDevices, env(), &devices, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const HardwareDevice* hardware = api().call(slot::kEpHardware, devices[i]);
    result.push_back({.provider = api().call(slot::kEpName, devices[i]),
                      .type = api().call(slot::kHardwareType, hardware),
                      .vendor = api().call(slot::kHardwareVendor, hardware),
                      .handle = devices[i]});
  }
  return result;
}

void Runtime::register_provider_library(const std::string& path) {
  if (std::find(registered_.begin(), registered_.end(), path) != registered_.end()) return;
  check_library_file(path, "name a provider's library with --ort-ep-library");
  try {
    api().call(slot::kRegisterProviderLibrary, env(), "medbench_provider",
               std::filesystem::absolute(path).c_str());
  } catch (const Error& error) {
    throw environment_error("the provider library {} was refused: {}", printable(path), error.what());
  }
  registered_.push_back(path);
}

Runtime::Selection Runtime::select_provider(const std::string& device, const Options& options) {
  if (!options.provider_library.empty()) register_provider_library(options.provider_library);
  if (!options.provider.empty()) return select_named(device, options);
  const auto type = hardware_of(device);
  Selection selection;
  if (type == HardwareType::Cpu && device == "cpu") return selection;
  const std::vector<std::string> available = available_providers();
  const bool has_cuda = std::find(available.begin(), available.end(), kCudaProvider) != available.end();
  if (device.starts_with("cuda") && has_cuda) {
    selection.choice = cuda_choice(device, options);
    return selection;
  }
  selection.refusal = fmt::format(
      "{} has no provider for {} (it has {}): name one with --ort-ep, or another library with --ort-library",
      printable(library_.path), printable(device), fmt::join(available, ", "));
  return selection;
}

Runtime::Selection Runtime::select_named(const std::string& device, const Options& options) const {
  Selection selection;
  selection.choice.name = options.provider;
  selection.choice.options = options.provider_options;
  std::set<std::string> known;
  std::set<std::string> types;
  for (const ProviderDevice& offered : provider_devices()) {
    known.insert(offered.provider);
    if (offered.provider != options.provider) continue;
    types.insert(std::string(to_string(offered.type)));
    if (offered.type == hardware_of(device)) selection.choice.devices.push_back(offered.handle);
  }
  if (!selection.choice.devices.empty()) {
    selection.choice.way = ProviderChoice::Way::ByDevice;
    return selection;
  }
  if (!types.empty()) {
    selection.refusal = fmt::format("the provider {} runs on {} here, not on {}", printable(options.provider),
                                    fmt::join(types, ", "), printable(device));
    return selection;
  }
  const std::vector<std::string> available = available_providers();
  known.insert(available.begin(), available.end());
  if (!known.contains(options.provider)) {
    throw environment_error("there is no provider {}: {} has {}; add others with --ort-ep-library",
                            printable(options.provider), printable(library_.path), fmt::join(known, ", "));
  }
  if (options.provider == kCudaProvider) {
    selection.choice = cuda_choice(device, options);
  } else if (options.provider == kTensorRtProvider) {
    selection.choice.way = ProviderChoice::Way::TensorRt;
    selection.choice.options.emplace("device_id", number_of(device));
  } else if (options.provider != kCpuProvider) {
    selection.choice.way = ProviderChoice::Way::ByName;
  }
  return selection;
}

void Runtime::append_provider(SessionOptions* session_options, const ProviderChoice& choice) const {
  // The builder takes TF32 for fp32 unless it is told not to, and the providers have no option for that.
  if (choice.makes_engines()) ::setenv("NVIDIA_TF32_OVERRIDE", "0", 0);
  const OptionArrays options = arrays_of(choice.options);
  switch (choice.way) {
    case ProviderChoice::Way::Cpu:
      return;
    case ProviderChoice::Way::Cuda: {
      const auto cuda = create<CudaOptions>(api(), slot::kCreateCudaOptions);
      api().call(slot::kUpdateCudaOptions, cuda.get(), options.keys.data(), options.values.data(),
                 options.keys.size());
      api().call(slot::kAppendCuda, session_options, cuda.get());
      return;
    }
    case ProviderChoice::Way::TensorRt: {
      const auto tensorrt = create<TensorRtOptions>(api(), slot::kCreateTensorRtOptions);
      api().call(slot::kUpdateTensorRtOptions, tensorrt.get(), options.keys.data(), options.values.data(),
                 options.keys.size());
      api().call(slot::kAppendTensorRt, session_options, tensorrt.get());
      return;
    }
    case ProviderChoice::Way::ByName:
      api().call(slot::kAppendProvider, session_options, choice.name.c_str(), options.keys.data(),
                 options.values.data(), options.keys.size());
      return;
    case ProviderChoice::Way::ByDevice:
      api().call(slot::kAppendProviderV2, session_options, env(), choice.devices.data(),
                 choice.devices.size(), options.keys.data(), options.values.data(), options.keys.size());
      return;
  }
}

}  // namespace medbench::ort
