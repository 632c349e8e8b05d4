// The only source with TensorRT's headers.
#include <NvInfer.h>
#include <NvOnnxParser.h>
#include <algorithm>
#include <cstring>
#include <fmt/ranges.h>
#include <new>
#include <string_view>
#include <utility>

#include "backend/tensorrt/library.hpp"
#include "backend/tensorrt/model_files.hpp"
#include "backend/tensorrt/native.hpp"
#include "base/error.hpp"
#include "base/scratch_folder.hpp"

namespace medbench::trt {

namespace {

constexpr std::size_t kMostMessages = 8;

// Keeps the library's words of one step.
class Messages final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, nvinfer1::AsciiChar const* text) noexcept override {
    const bool is_error = severity <= Severity::kERROR;
    if (!is_error && severity != Severity::kWARNING) return;
    // A reminder of what the model says, for every input of that type; they are bound so.
    if (std::string_view(text).find("has Int64 binding") != std::string_view::npos) return;
    std::vector<std::string>& kept = is_error ? errors_ : warnings_;
    try {
      if (kept.size() < kMostMessages) kept.push_back(printable(text, 400));
    } catch (const std::bad_alloc&) {
      kept.clear();
    }
  }
  void clear() {
    errors_.clear();
    warnings_.clear();
  }
  [[nodiscard]] std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }
  [[nodiscard]] std::string words() const {
    return errors_.empty() ? "it says nothing" : fmt::format("{}", fmt::join(errors_, "; "));
  }
  [[nodiscard]] bool tell_of_memory() const {
    return std::ranges::any_of(errors_, [](const std::string& error) {
      return error.find("OutOfMemory") != std::string::npos ||
             error.find("out of memory") != std::string::npos;
    });
  }

 private:
  std::vector<std::string> errors_;
  std::vector<std::string> warnings_;
};

nvinfer1::Dims dims_of(std::span<const std::int64_t> shape) {
  nvinfer1::Dims dims{};
  if (shape.size() > nvinfer1::Dims::MAX_DIMS)
    throw unsupported_error("TensorRT takes {} dimensions, not {}", nvinfer1::Dims::MAX_DIMS, shape.size());
  dims.nbDims = static_cast<std::int32_t>(shape.size());
  std::ranges::copy(shape, &dims.d[0]);
  return dims;
}

class NativeExecution final : public Execution {
 public:
  NativeExecution(std::unique_ptr<nvinfer1::IExecutionContext> context, Messages& messages)
      : context_(std::move(context)), messages_(messages) {}

  void set_shape(const std::string& input, std::span<const std::int64_t> shape) override {
    messages_.clear();
    if (!context_->setInputShape(input.c_str(), dims_of(shape)))
      throw runtime_failure("TensorRT: the input {} cannot be {}: {}", input, shape_to_string(shape),
                            messages_.words());
  }
  void set_address(const std::string& name, void* data) override {
    messages_.clear();
    if (!context_->setTensorAddress(name.c_str(), data))
      throw runtime_failure("TensorRT: the engine has no {}: {}", name, messages_.words());
  }
  void enqueue(void* stream) override {
    if (!context_->enqueueV3(static_cast<cudaStream_t>(stream)))
      throw runtime_failure("TensorRT: a pass failed: {}", messages_.words());
  }

 private:
  std::unique_ptr<nvinfer1::IExecutionContext> context_;
  Messages& messages_;
};

class NativeEngine final : public Engine {
 public:
  NativeEngine(std::unique_ptr<nvinfer1::ICudaEngine> engine, Messages& messages)
      : engine_(std::move(engine)), messages_(messages) {}

  [[nodiscard]] Json layers() const override {
    const std::unique_ptr<nvinfer1::IEngineInspector> inspector(engine_->createEngineInspector());
    if (!inspector) return nullptr;
    const char* text = inspector->getEngineInformation(nvinfer1::LayerInformationFormat::kJSON);
    return text == nullptr ? Json(nullptr) : Json::parse(text, nullptr, false);
  }
  [[nodiscard]] std::size_t pass_bytes() const override {
    return static_cast<std::size_t>(std::max<std::int64_t>(0, engine_->getDeviceMemorySizeV2()));
  }
  [[nodiscard]] std::unique_ptr<Execution> make_execution(void* memory) const override {
    messages_.clear();
    std::unique_ptr<nvinfer1::IExecutionContext> context(
        engine_->createExecutionContext(nvinfer1::ExecutionContextAllocationStrategy::kUSER_MANAGED));
    if (!context) {
      if (messages_.tell_of_memory()) throw std::bad_alloc();
      throw runtime_failure("TensorRT: no execution context: {}", messages_.words());
    }
    if (memory != nullptr) context->setDeviceMemoryV2(memory, static_cast<std::int64_t>(pass_bytes()));
    return std::make_unique<NativeExecution>(std::move(context), messages_);
  }

 private:
  std::unique_ptr<nvinfer1::ICudaEngine> engine_;
  Messages& messages_;
};

std::vector<std::byte> bytes_of(const nvinfer1::IHostMemory& memory) {
  std::vector<std::byte> bytes(memory.size());
  if (!bytes.empty()) std::memcpy(bytes.data(), memory.data(), bytes.size());
  return bytes;
}

// Networks are strongly typed: of TensorRT 11 always, before where that is asked for.
constexpr std::uint32_t kNetworkFlags =
#if NV_TENSORRT_MAJOR >= 11
    0;
#else
    1U << static_cast<std::uint32_t>(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
#endif

class NativeTensorRt final : public Native {
 public:
  explicit NativeTensorRt(Library library) : library_(std::move(library)) {}

  [[nodiscard]] const Version& version() const override { return library_.version; }
  [[nodiscard]] const std::string& path() const override { return library_.path; }

  [[nodiscard]] BuiltEngine build(const BuildRequest& request) override {
    messages_.clear();
    const std::unique_ptr<nvinfer1::IBuilder> builder(
        static_cast<nvinfer1::IBuilder*>(library_.create_builder(&messages_, library_.number)));
    if (!builder) fail("no builder");
    const std::unique_ptr<nvinfer1::INetworkDefinition> network(builder->createNetworkV2(kNetworkFlags));
    if (!network) fail("no network");
    // Weights of external files are read from them until the engine is built.
    const ScratchFolder folder("the ONNX model that TensorRT reads");
    const std::unique_ptr<nvonnxparser::IParser> parser(static_cast<nvonnxparser::IParser*>(
        library_.create_parser(network.get(), &messages_, library_.parser_number)));
    if (!parser) fail("no parser of ONNX");
    parse(*parser, request.model, folder.path());

    const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
    if (!config) fail("no configuration of the builder");
    // fp32 is fp32; whoever wants TF32 asks torch or ONNX Runtime for it.
    config->clearFlag(nvinfer1::BuilderFlag::kTF32);
    config->setProfilingVerbosity(nvinfer1::ProfilingVerbosity::kDETAILED);
    add_profile(*builder, *config, request.inputs);
    const auto timing_cache = use_timing_cache(*config, request.timing_cache);
    const std::unique_ptr<nvinfer1::IHostMemory> plan(builder->buildSerializedNetwork(*network, *config));
    if (!plan || plan->size() == 0) fail("the engine cannot be built");
    BuiltEngine built{.engine = bytes_of(*plan), .timing_cache = {}, .warnings = messages_.take_warnings()};
    if (timing_cache) {
      const std::unique_ptr<nvinfer1::IHostMemory> kept(timing_cache->serialize());
      if (kept) built.timing_cache = bytes_of(*kept);
    }
    return built;
  }

  [[nodiscard]] std::unique_ptr<Engine> load(std::span<const std::byte> engine) override {
    messages_.clear();
    if (!runtime_) {
      runtime_.reset(static_cast<nvinfer1::IRuntime*>(library_.create_runtime(&messages_, library_.number)));
      if (!runtime_) fail("no runtime");
    }
    std::unique_ptr<nvinfer1::ICudaEngine> loaded(
        runtime_->deserializeCudaEngine(engine.data(), engine.size()));
    if (!loaded) fail("the engine cannot be loaded");
    return std::make_unique<NativeEngine>(std::move(loaded), messages_);
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    if (messages_.tell_of_memory()) throw std::bad_alloc();
    throw runtime_failure("{}: {}: {}", library_.version.flavour(), what, messages_.words());
  }

  void parse(nvonnxparser::IParser& parser, const lower::OnnxModel& model, const std::filesystem::path& in) {
    const std::filesystem::path file = write_model_files(model, in);
    constexpr int kErrorsAlone = static_cast<int>(nvinfer1::ILogger::Severity::kERROR);
    if (parser.parseFromFile(file.c_str(), kErrorsAlone)) return;
    std::vector<std::string> words;
    for (int i = 0; i < parser.getNbErrors() && words.size() < kMostMessages; ++i) {
      const nvonnxparser::IParserError* error = parser.getError(i);
      const char* name = error->nodeName();
      const char* op = error->nodeOperator();
      words.push_back(fmt::format("{} {}: {}", op == nullptr ? "" : printable(op),
                                  name == nullptr ? "" : printable(name), printable(error->desc(), 300)));
    }
    throw unsupported_error("{} cannot read the model: {}", library_.version.flavour(),
                            words.empty() ? messages_.words() : fmt::format("{}", fmt::join(words, "; ")));
  }

  void add_profile(nvinfer1::IBuilder& builder, nvinfer1::IBuilderConfig& config,
                   const std::vector<InputSizes>& inputs) const {
    const bool is_open =
        std::ranges::any_of(inputs, [](const InputSizes& input) { return input.least != input.most; });
    if (!is_open) return;
    using Select = nvinfer1::OptProfileSelector;
    nvinfer1::IOptimizationProfile* profile = builder.createOptimizationProfile();  // the builder's own
    if (profile == nullptr) fail("no optimization profile");
    for (const InputSizes& input : inputs) {
      const char* name = input.name.c_str();
      if (!profile->setDimensions(name, Select::kMIN, dims_of(input.least)) ||
          !profile->setDimensions(name, Select::kOPT, dims_of(input.usual)) ||
          !profile->setDimensions(name, Select::kMAX, dims_of(input.most)))
        fail(fmt::format("the input {} cannot have this optimization profile", input.name));
    }
    if (config.addOptimizationProfile(profile) < 0) fail("the optimization profile is refused");
  }

  // TensorRT for RTX times nothing when it builds.
  [[nodiscard]] std::unique_ptr<nvinfer1::ITimingCache> use_timing_cache(
      nvinfer1::IBuilderConfig& config, std::span<const std::byte> earlier) const {
    if (library_.version.is_rtx()) return nullptr;
    std::unique_ptr<nvinfer1::ITimingCache> cache(config.createTimingCache(earlier.data(), earlier.size()));
    if (!cache && !earlier.empty()) cache.reset(config.createTimingCache(nullptr, 0));
    if (cache && !config.setTimingCache(*cache, false)) cache.reset();
    return cache;
  }

  Library library_;
  Messages messages_;  // outlives all that was given it
  std::unique_ptr<nvinfer1::IRuntime> runtime_;
};

}  // namespace

std::optional<Version> built_with() {
  return Version{NV_TENSORRT_MAJOR, NV_TENSORRT_MINOR, NV_TENSORRT_PATCH, 0};
}

std::unique_ptr<Native> open_native(const std::string& library) {
  return std::make_unique<NativeTensorRt>(load_library(library, *built_with()));
}

}  // namespace medbench::trt
