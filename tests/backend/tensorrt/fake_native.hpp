// A TensorRT that writes down what it is asked and computes nothing.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "backend/tensorrt/native.hpp"
#include "base/error.hpp"

namespace medbench::testing {

class FakeEngine final : public trt::Engine {
 public:
  [[nodiscard]] Json layers() const override { return nullptr; }
  [[nodiscard]] std::size_t pass_bytes() const override { return 0; }
  [[nodiscard]] std::unique_ptr<trt::Execution> make_execution(void* /*memory*/) const override {
    throw runtime_failure("a fake engine runs nothing");
  }
};

class FakeNative final : public trt::Native {
 public:
  explicit FakeNative(trt::Version version) : version_(version) {}

  [[nodiscard]] const trt::Version& version() const override { return version_; }
  [[nodiscard]] const std::string& path() const override { return path_; }
  [[nodiscard]] trt::BuiltEngine build(const trt::BuildRequest& request) override {
    if (!refusal.empty()) throw unsupported_error("{}", refusal);
    inputs = request.inputs;
    timing_caches.emplace_back(request.timing_cache.size());
    const std::string text = "engine of " + request.model.proto.substr(0, 8);
    const auto bytes = std::as_bytes(std::span(text));
    return {.engine = {bytes.begin(), bytes.end()},
            .timing_cache = std::vector<std::byte>(16),
            .warnings = {"a warning of the builder"}};
  }
  [[nodiscard]] std::unique_ptr<trt::Engine> load(std::span<const std::byte> /*engine*/) override {
    return std::make_unique<FakeEngine>();
  }

  std::string refusal;  // of build()
  std::vector<trt::InputSizes> inputs;
  std::vector<std::size_t> timing_caches;  // sizes of those that builds were given

 private:
  trt::Version version_;
  std::string path_ = "/fake/libnvinfer.so.11";
};

}  // namespace medbench::testing
