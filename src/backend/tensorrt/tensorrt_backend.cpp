#include "backend/tensorrt/tensorrt_backend.hpp"

#include <algorithm>
#include <fmt/ranges.h>
#include <optional>
#include <utility>

#include "backend/int8.hpp"
#include "backend/tensorrt/engine_source.hpp"
#include "backend/tensorrt/fallback.hpp"
#include "backend/tensorrt/layers.hpp"
#include "backend/tensorrt/passes.hpp"
#include "backend/tensorrt/precision.hpp"
#include "base/error.hpp"
#include "passes/precision.hpp"

namespace medbench {

namespace {

using device::CudaDevice;

constexpr std::string_view kNoWay = "TensorRT: {}; ONNX Runtime's provider: {}";

class TensorRtBackend final : public Backend {
 public:
  TensorRtBackend(std::unique_ptr<Backend> fallback, TensorRtSources sources)
      : fallback_(std::move(fallback)), sources_(std::move(sources)) {}

  Capabilities describe() override;
  Refusal supports(const Target& target) override;
  void build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) override;
  void bind(std::size_t slot, const Axes& axes) override;
  void write(std::size_t slot, const NamedTensors& inputs) override {
    passes_ ? passes_->write(slot, inputs) : built_fallback().write(slot, inputs);
  }
  void enqueue(std::size_t slot) override {
    passes_ ? passes_->enqueue(slot) : built_fallback().enqueue(slot);
  }
  void wait(std::size_t slot) override { passes_ ? passes_->wait() : built_fallback().wait(slot); }
  void read(std::size_t slot, NamedTensors& outputs) override {
    passes_ ? passes_->read(slot, outputs) : built_fallback().read(slot, outputs);
  }
  std::optional<double> device_time_ms() override {
    return passes_ ? passes_->device_time_ms() : built_fallback().device_time_ms();
  }
  void report(EngineReport& report) override;

 private:
  std::string native_problem(const trt::Options& options, int ordinal);
  std::string fallback_problem(const Target& target, const trt::Options& options);
  void build_native(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build,
                    const trt::Options& options, const OptimizationProfile& profile, int ordinal);
  void build_fallback(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build,
                      const trt::Options& options, const OptimizationProfile& profile);
  void report_native(EngineReport& report) const;
  Backend& built_fallback();

  std::unique_ptr<Backend> fallback_;
  TensorRtSources sources_;
  std::unique_ptr<trt::Native> native_;
  std::string opened_;  // the library that was asked for when native_ was made
  // Of the model that was built.
  ir::Graph graph_;  // for the shapes of its inputs and outputs
  std::string lowered_precision_;
  Json quantization_;  // null unless the precision is int8
  std::unique_ptr<device::CudaStream> stream_;
  std::unique_ptr<trt::Passes> passes_;  // null: the fallback has it
  bool has_fallback_ = false;
  trt::MadeEngine made_;
  std::vector<Warning> warnings_;
  std::string native_problem_;
};

// Why the library or the card cannot be used; empty where both can.
std::string TensorRtBackend::native_problem(const trt::Options& options, int ordinal) {
  if (options.way == trt::Way::OnnxRuntime) return "trt.way=onnxruntime leaves it out";
  try {
    if (!native_ || opened_ != options.library) {
      native_.reset();
      native_ = sources_.open(options.library);
      opened_ = options.library;
    }
  } catch (const Error& error) {
    return error.what();
  }
  const device::CudaDriver& driver = sources_.driver();
  if (driver.devices.empty()) {
    const std::string reason = driver.reason.empty() ? "the NVIDIA driver lists no device" : driver.reason;
    return driver.advice.empty() ? reason : fmt::format("{}: {}", reason, driver.advice);
  }
  if (static_cast<std::size_t>(ordinal) >= driver.devices.size())
    return fmt::format("there is no cuda:{}: the last is cuda:{}", ordinal, driver.devices.size() - 1);
  return trt::card_refusal(native_->version(), driver.devices[static_cast<std::size_t>(ordinal)])
      .value_or("");
}

// Why ONNX Runtime cannot run the target with TensorRT; empty where it can.
std::string TensorRtBackend::fallback_problem(const Target& target, const trt::Options& options) {
  if (options.way == trt::Way::Native) return "trt.way=native leaves it out";
  try {
    return fallback_->supports(trt::fallback_target(target, options)).value_or("");
  } catch (const Error& error) {
    return error.what();
  }
}

Capabilities TensorRtBackend::describe() {
  Capabilities capabilities;
  capabilities.backend = "tensorrt";
  const trt::Options options;
  const std::string problem = native_problem(options, 0);
  if (native_) {
    capabilities.runtime = {std::string(native_->version().flavour()), native_->version().text(),
                            native_->path()};
  }
  Target target;
  target.backend = capabilities.backend;
  target.device = "cuda";
  const std::string other = problem.empty() ? "" : fallback_problem(target, options);
  if (!problem.empty()) {
    capabilities.reason = fmt::format("TensorRT: {}", problem);
    if (!other.empty()) capabilities.reason += fmt::format("\nONNX Runtime's provider: {}", other);
    capabilities.advice = "docs/backends/tensorrt.md says how to set up either";
  }
  if (!other.empty()) return capabilities;
  const auto& cards = sources_.driver().devices;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    if (problem.empty() && trt::card_refusal(native_->version(), cards[i])) continue;
    capabilities.devices.push_back({.id = fmt::format("cuda:{}", i),
                                    .name = cards[i].name,
                                    .memory_mb = cards[i].memory_mb,
                                    .precisions = trt::precisions_of(cards[i])});
  }
  return capabilities;
}

Refusal TensorRtBackend::supports(const Target& target) {
  const trt::Options options = trt::read_options(target.options);
  const auto ordinal = device::cuda_index(target.device);
  if (!ordinal) return fmt::format("tensorrt runs on cuda, not on {}", printable(target.device));
  if (find_precision(target.precision) == nullptr)
    return fmt::format("tensorrt runs {}, not {}", fmt::join(kPrecisionNames, ", "),
                       printable(target.precision));
  if (target.precision == kInt8 &&
      target.quantization.value_or(Quantization{}).method != QuantizationMethod::Static)
    return "tensorrt has int8 by ranges that calibration finds, and by no other method: take --int8 static";
  native_problem_ = native_problem(options, *ordinal);
  if (native_problem_.empty()) return std::nullopt;
  const std::string other = fallback_problem(target, options);
  if (!other.empty()) throw environment_error(kNoWay, native_problem_, other);
  return std::nullopt;
}

void TensorRtBackend::build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) {
  const trt::Options options = trt::read_options(build.target.options);
  const OptimizationProfile profile =
      complete_profile(options.profile, build.shapes.least, build.shapes.most);
  if (const Refusal refusal = supports(build.target)) throw unsupported_error("{}", *refusal);
  passes_.reset();
  made_ = {};
  stream_.reset();
  has_fallback_ = false;
  warnings_.clear();
  graph_ = graph;
  const int ordinal = device::cuda_index(build.target.device).value_or(0);
  if (native_problem_.empty()) {
    try {
      return build_native(graph, weights, build, options, profile, ordinal);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::Usage || error.kind() == ErrorKind::Internal) throw;
      native_problem_ = error.what();
      passes_.reset();
      stream_.reset();
    }
    if (const std::string other = fallback_problem(build.target, options); !other.empty())
      throw environment_error(kNoWay, native_problem_, other);
  }
  build_fallback(graph, weights, build, options, profile);
}

void TensorRtBackend::build_native(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build,
                                   const trt::Options& options, const OptimizationProfile& profile,
                                   int ordinal) {
  const device::CudaDriver& driver = sources_.driver();
  const CudaDevice& card = driver.devices.at(static_cast<std::size_t>(ordinal));
  const trt::PrecisionChoice choice =
      trt::choose_precision(build.target.precision, options, card,
                            build.ranges.empty() ? "the model has nothing to round to it" : "");
  warnings_ = choice.warnings;
  stream_ = std::make_unique<device::CudaStream>(ordinal);
  const ir::Graph lowered = trt::lower_graph(graph, choice.precision, profile, build.target, build.ranges);
  quantization_ = choice.precision == kInt8 ? describe_quantization(lowered, build.target) : Json();
  lowered_precision_ = passes::precision_of(lowered);
  made_ = trt::make_engine(*native_,
                           {.lowered = lowered,
                            .weights = weights,
                            .precision = choice.precision,
                            .profile = profile,
                            .options = options,
                            .card = &card,
                            .driver = driver.version},
                           [this](std::span<const std::byte> engine) { return native_->load(engine); });
  passes_ = std::make_unique<trt::Passes>(*stream_, std::move(made_.engine), options.graphs);
}

void TensorRtBackend::build_fallback(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build,
                                     const trt::Options& options, const OptimizationProfile& profile) {
  Target target = trt::fallback_target(build.target, options);
  const auto& cards = sources_.driver().devices;
  const auto ordinal = static_cast<std::size_t>(device::cuda_index(build.target.device).value_or(0));
  if (ordinal < cards.size()) {
    trt::PrecisionChoice choice = trt::choose_precision(build.target.precision, options, cards[ordinal],
                                                        "ONNX Runtime gets no fp8 from medbench");
    target.precision = choice.precision;
    warnings_ = std::move(choice.warnings);
  }
  trt::add_engine_options(target, options, graph, profile);
  try {
    fallback_->build(
        graph, weights,
        {.target = target, .shapes = build.shapes, .threads = build.threads, .ranges = build.ranges});
  } catch (const Error& error) {
    throw environment_error(kNoWay, native_problem_, error.what());
  }
  has_fallback_ = true;
  if (options.way == trt::Way::OnnxRuntime) return;
  warnings_.push_back(
      {.kind = "tensorrt_by_provider",
       .text = "ONNX Runtime's provider ran, for TensorRT itself could not: " + native_problem_,
       .advice = "medbench doctor says what is missing"});
}

Backend& TensorRtBackend::built_fallback() {
  if (!has_fallback_) throw internal_error("the tensorrt backend was used before build()");
  return *fallback_;
}

void TensorRtBackend::bind(std::size_t slot, const Axes& axes) {
  if (!passes_) return built_fallback().bind(slot, axes);
  const auto place_of = [&](const std::string& name, const std::string& model_name, const ir::Value& value) {
    return trt::Place{name, model_name, value.dtype, ir::bind(value.shape, axes)};
  };
  std::vector<trt::Place> inputs;
  const std::vector<ir::ValueId> ids = graph_.inputs();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const ir::Value& value = graph_.value(ids[i]);
    inputs.push_back(place_of(value.name, made_.inputs.at(i), value));
  }
  std::vector<trt::Place> outputs;
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    const ir::Output& output = graph_.outputs[i];
    outputs.push_back(place_of(output.name, made_.outputs.at(i), graph_.value(output.value)));
  }
  passes_->bind(slot, std::move(inputs), std::move(outputs));
}

void TensorRtBackend::report(EngineReport& report) {
  if (passes_) {
    report_native(report);
  } else {
    built_fallback().report(report);
    report.details["way"] = "onnxruntime";
    report.details["native_problem"] = native_problem_;
  }
  report.warnings.insert(report.warnings.end(), warnings_.begin(), warnings_.end());
}

void TensorRtBackend::report_native(EngineReport& report) const {
  report.runtime = {std::string(native_->version().flavour()), native_->version().text(), native_->path()};
  report.tune_ms = passes_->tune_ms();
  report.details = passes_->describe();
  report.details["way"] = "native";
  report.details["engine"] = made_.details;
  report.details["engine"]["pass_bytes"] = passes_->engine().pass_bytes();
  for (const std::string& note : made_.notes)
    report.warnings.push_back(
        {.kind = "engine_cache", .text = note, .advice = "nothing, if it stays with this row"});
  report.effective_precision = lowered_precision_;
  const trt::LayerSummary layers = trt::summarize_layers(passes_->engine().layers());
  if (!layers.precision.empty()) report.effective_precision = layers.precision;
  if (!quantization_.is_null()) report.details["quantization"] = quantization_;
  report.details["layers"] = layers.kinds;
  report.details["attention_kernels"] = layers.attention;
}

}  // namespace

std::unique_ptr<Backend> make_tensorrt_backend(std::unique_ptr<Backend> fallback, TensorRtSources sources) {
  return std::make_unique<TensorRtBackend>(std::move(fallback), std::move(sources));
}

}  // namespace medbench
