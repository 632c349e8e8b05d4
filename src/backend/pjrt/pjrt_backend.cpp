#include "backend/pjrt/pjrt_backend.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <utility>

#include "backend/int8.hpp"
#include "backend/pjrt/client.hpp"
#include "backend/pjrt/model.hpp"
#include "backend/pjrt/plugin_choice.hpp"
#include "base/error.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"

namespace medbench {
namespace {

using pjrt::Client;
using pjrt::Device;
using pjrt::Plugin;

// On a processor XLA computes fp16 in fp32; integers were tried nowhere else.
constexpr std::array kCpuPrecisions{kFp32, kBf16, kInt8};
constexpr std::array kDevicePrecisions{kFp32, kBf16, kFp16};

// "cuda:1" is device 1 of "cuda", "cuda" device 0.
struct DeviceName {
  std::string_view platform;
  std::int64_t ordinal = 0;
};

std::optional<DeviceName> parse_device(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return DeviceName{text, 0};
  const std::string_view digits = text.substr(colon + 1);
  DeviceName name{text.substr(0, colon), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), name.ordinal);
  if (error != std::errc{} || end != digits.data() + digits.size() || name.ordinal < 0) return std::nullopt;
  return name;
}

// The target's form of the graph.
ir::Graph lower(const ir::Graph& graph, Target target, const ir::Ranges& ranges) {
  if (target.precision != kInt8) {
    const std::optional<DType> dtype = passes::dtype_of_precision(target.precision);
    if (!dtype) throw internal_error("pjrt: '{}' is no precision", printable(target.precision));
    return passes::eliminate_dead_code(passes::lower_precision(graph, *dtype));
  }
  // XLA sums products of integers in 32 bits, which never saturate: a reduced range is for who asks for it.
  Quantization quantization = target.quantization.value_or(Quantization{});
  if (quantization.reduced_range == ReducedRange::Auto) quantization.reduced_range = ReducedRange::Off;
  target.quantization = quantization;
  const passes::QuantizationSettings settings = quantization_settings(target, GroupSupport::Everything);
  return passes::eliminate_dead_code(passes::quantize_linears(passes::fuse_linear(graph), settings, ranges));
}

class PjrtBackend final : public Backend {
 public:
  explicit PjrtBackend(std::string_view name) : name_(name) {}

  Capabilities describe() override {
    Capabilities capabilities;
    capabilities.backend = name_;
    try {
      plugin_ = &Plugin::load(pjrt::choose_plugin(name_, {}));
      client_.emplace(*plugin_, pjrt::ClientOptions{});
      capabilities.runtime = runtime();
      for (const Device& device : client_->devices()) capabilities.devices.push_back(info_of(device));
    } catch (const Error& error) {
      capabilities.reason = error.what();
      capabilities.advice = name_ == pjrt::kTpu ? "use another backend, or a machine with a TPU"
                                                : "unset MEDBENCH_PJRT_PLUGIN to use the CPU plug-in";
    }
    return capabilities;
  }

  Refusal supports(const Target& target) override {
    const auto device = parse_device(target.device);
    if (!device) return printable(target.device) + " is no device: write cpu, cuda, cuda:1 or tpu";
    connect(target, *device, target.threads);
    if (client_->platform() != device->platform) {
      return fmt::format("the plug-in {} serves {}, not {}", printable(plugin_->path().string()),
                         client_->platform(), printable(target.device));
    }
    if (find_device(*device) == nullptr)
      return fmt::format("there is no {}: the last is {}", printable(target.device),
                         client_->devices().back().id);
    const auto offered = precisions();
    if (std::find(offered.begin(), offered.end(), target.precision) == offered.end()) {
      return fmt::format("pjrt on {} runs {}, not {}", client_->platform(), fmt::join(offered, ", "),
                         printable(target.precision));
    }
    return std::nullopt;
  }

  [[nodiscard]] PackedForm packed_form(const Target& /*target*/) const override { return PackedForm::Padded; }

  void build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) override {
    const auto name = parse_device(build.target.device);
    if (!name) throw internal_error("pjrt: build() was given a target that it does not support");
    connect(build.target, *name, build.threads);
    device_ = find_device(*name);
    if (device_ == nullptr) throw internal_error("pjrt: build() was given a target that it does not support");
    model_.reset();  // before the next one takes memory
    model_ = std::make_unique<pjrt::Model>(*client_, *device_, lower(graph, build.target, build.ranges),
                                           weights, build.shapes.most);
    quantization_ =
        build.target.precision == kInt8 ? describe_quantization(model_->graph(), build.target) : Json();
  }

  void bind(std::size_t slot, const Axes& axes) override { model().bind(slot, axes); }
  void write(std::size_t slot, const NamedTensors& inputs) override { model().write(slot, inputs); }
  void enqueue(std::size_t slot) override { model().enqueue(slot); }
  void wait(std::size_t) override { model().wait(); }
  void read(std::size_t slot, NamedTensors& outputs) override { model().read(slot, outputs); }

  void report(EngineReport& report) override {
    report.runtime = runtime();
    report.effective_precision = effective_precision();
    report.details = details();
  }

 private:
  std::string effective_precision() {
    const auto program = model().program().optimized();
    std::string read = program ? pjrt::precision_of(*program) : "";
    std::string asked = passes::precision_of(model().graph());
    if (read.empty() || quantization_.is_null()) return read.empty() ? asked : read;
    // With rounded linear layers they alone are counted; attention stays in floating point.
    const bool multiplies_integers = program->products.contains("int8") || asked == "int8-weights";
    return multiplies_integers ? asked : read;
  }

  [[nodiscard]] RuntimeInfo runtime() const {
    if (plugin_ == nullptr) return {"PJRT", "", ""};
    return {fmt::format("PJRT {}", client_ ? client_->platform() : ""), plugin_->version(),
            plugin_->path().string()};
  }

  Json details() {
    Json details = {{"platform", client_->platform()},
                    {"platform_version", client_->platform_version()},
                    {"plugin", plugin_->attributes()},
                    {"device", device_->kind},
                    {"device_memory", client_->memory(*device_)},
                    {"program_memory", model().program().memory()},
                    {"programs", model().programs()},
                    {"weights", model().weights()},
                    {"weights_in_place", model().weights_in_place()}};
    if (client_->is_cpu()) details["threads"] = threads_;
    if (!quantization_.is_null()) details["quantization"] = quantization_;
    if (const auto program = model().program().optimized()) {
      details["products"] = program->products;
      details["kernels"] = program->instructions;
    }
    return details;
  }

  // Loads the plug-in and makes a client, unless that has been done for the same target.
  void connect(const Target& target, const DeviceName& device, std::int64_t threads) {
    plugin_ = &Plugin::load(pjrt::choose_plugin(name_, target.options));
    const bool serves =
        client_ &&
        (client_->is_cpu() ? threads_ == threads : find_device(device) != nullptr || device.ordinal == 0);
    if (serves && &client_->plugin() == plugin_) return;
    model_.reset();
    client_.reset();
    pjrt::ClientOptions options;
    options.threads = threads;
    // XLA's plug-in for CUDA takes one device alone, but then compiles for none but the first of the machine.
    options.only_first = device.ordinal == 0;
    client_.emplace(*plugin_, options);
    threads_ = threads;
  }

  const Device* find_device(const DeviceName& name) const {
    for (const Device& device : client_->devices()) {
      const auto id = parse_device(device.id);
      if (id && id->platform == name.platform && id->ordinal == name.ordinal) return &device;
    }
    return nullptr;
  }

  std::span<const std::string_view> precisions() const {
    return client_->is_cpu() ? std::span(kCpuPrecisions) : std::span(kDevicePrecisions);
  }

  DeviceInfo info_of(const Device& device) const {
    constexpr double kMebibyte = 1024.0 * 1024.0;
    const auto offered = precisions();
    DeviceInfo info{device.id, device.kind, 0, {offered.begin(), offered.end()}};
    const Json memory = client_->memory(device);
    if (memory.is_object() && memory.contains("bytes_limit"))
      info.memory_mb = memory["bytes_limit"].get<double>() / kMebibyte;
    return info;
  }

  pjrt::Model& model() {
    if (!model_) throw internal_error("the pjrt backend was used before build()");
    return *model_;
  }

  std::string name_;
  const Plugin* plugin_ = nullptr;
  std::optional<Client> client_;
  std::int64_t threads_ = 0;
  const Device* device_ = nullptr;
  std::unique_ptr<pjrt::Model> model_;
  Json quantization_;  // null unless the precision is int8
};

}  // namespace

std::unique_ptr<Backend> make_pjrt_backend(std::string_view name) {
  return std::make_unique<PjrtBackend>(name);
}

}  // namespace medbench
