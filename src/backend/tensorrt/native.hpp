// TensorRT behind an interface without its headers, so that all but one source is built and tested where they
// are not to be had. Objects must be used from one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backend/tensorrt/versions.hpp"
#include "base/json.hpp"
#include "lower/onnx/onnx.hpp"

namespace medbench::trt {

// The sizes that an input of the ONNX model can have; all equal: one shape.
struct InputSizes {
  std::string name;
  std::vector<std::int64_t> least;
  std::vector<std::int64_t> usual;
  std::vector<std::int64_t> most;
};

struct BuildRequest {
  const lower::OnnxModel& model;
  std::vector<InputSizes> inputs;
  std::span<const std::byte> timing_cache;  // of an earlier build; may be empty
};

struct BuiltEngine {
  std::vector<std::byte> engine;
  std::vector<std::byte> timing_cache;  // with this build's kernels; empty where the library has none
  std::vector<std::string> warnings;    // the library's words
};

// An engine with a set of inputs and outputs.
class Execution {
 public:
  Execution() = default;
  virtual ~Execution() = default;
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  // Throws Runtime where the engine's profile has no such shape.
  virtual void set_shape(const std::string& input, std::span<const std::int64_t> shape) = 0;
  virtual void set_address(const std::string& name, void* data) = 0;
  // Puts a pass into the CUDA stream; throws Runtime with the library's words.
  virtual void enqueue(void* stream) = 0;
};

class Engine {
 public:
  Engine() = default;
  virtual ~Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // What the library's inspector tells of the layers; null where it tells nothing.
  [[nodiscard]] virtual Json layers() const = 0;
  // Bytes on the device that a pass needs beside weights, inputs and outputs.
  [[nodiscard]] virtual std::size_t pass_bytes() const = 0;
  // Of passes that share this memory, one runs at a time.
  [[nodiscard]] virtual std::unique_ptr<Execution> make_execution(void* memory) const = 0;
};

class Native {
 public:
  Native() = default;
  virtual ~Native() = default;
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;

  [[nodiscard]] virtual const Version& version() const = 0;
  [[nodiscard]] virtual const std::string& path() const = 0;
  // Needs no card with TensorRT for RTX; TensorRT times kernels on the current one. Throws Unsupported for
  // what the parser or the builder refuse, with their words; Runtime for what fails otherwise.
  [[nodiscard]] virtual BuiltEngine build(const BuildRequest& request) = 0;
  // Throws Runtime with the library's words.
  [[nodiscard]] virtual std::unique_ptr<Engine> load(std::span<const std::byte> engine) = 0;
};

// Of the headers that this worker was built with; nothing where there were none.
std::optional<Version> built_with();

// Loads the libraries (see load_library). Throws Environment with one sentence, too where there were no
// headers.
std::unique_ptr<Native> open_native(const std::string& library);

}  // namespace medbench::trt
