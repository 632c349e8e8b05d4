#include "backend/tensorrt/engine_file.hpp"

#include <gtest/gtest.h>

namespace medbench::trt {
namespace {

EngineIdentity identity() {
  const Axes axes{{Axis::Batch, 4}, {Axis::Seq, 128}};
  return {.onnx_hash = "abc",
          .flavour = "TensorRT",
          .version = "11.1.0.106",
          .precision = "fp16",
          .profile = {.least = axes, .usual = axes, .most = axes},
          .compute_capability = "9.0",
          .driver = 13'000};
}

constexpr std::string_view kEngine = "some engine";

std::string file_of(const EngineIdentity& of) {
  return engine_header(of, std::as_bytes(std::span(kEngine))) + std::string(kEngine);
}

std::string problem_of(std::string_view file, const EngineIdentity& of = identity()) {
  return read_engine(std::as_bytes(std::span(file)), of).problem;
}

TEST(EngineFile, GivesBackWhatWasWritten) {
  const std::string file = file_of(identity());
  const ReadEngine read = read_engine(std::as_bytes(std::span(file)), identity());
  EXPECT_EQ(read.problem, "");
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(read.engine.data()), read.engine.size()), kEngine);
}

TEST(EngineFile, CutOffAnywhereIsNoEngine) {
  const std::string file = file_of(identity());
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_NE(problem_of(file.substr(0, size)), "") << size << " bytes";
  EXPECT_EQ(problem_of(""), "it is empty");
  EXPECT_EQ(problem_of(file.substr(0, 3)), "it is cut off");
  EXPECT_EQ(problem_of(file.substr(0, file.size() - 1)), "it is cut off");
}

TEST(EngineFile, DamagedAnywhereIsNoEngine) {
  const std::string file = file_of(identity());
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string damaged = file;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_NE(problem_of(damaged), "") << "byte " << i;
  }
  std::string damaged = file;
  damaged.back() = '!';
  EXPECT_EQ(problem_of(damaged), "its checksum is wrong");
  EXPECT_EQ(problem_of(file + "x"), "it is longer than it says");
}

TEST(EngineFile, OfSomethingElseIsNoEngine) {
  EXPECT_EQ(problem_of("\x7f"
                       "ELF and more than the magic words have"),
            "it is no engine that medbench wrote");
  EngineIdentity other = identity();
  other.driver = 12'080;
  EXPECT_EQ(problem_of(file_of(other)), "it is the engine of something else");
}

TEST(EngineFile, HasANameForEachIdentity) {
  const auto changed = [](auto change) {
    EngineIdentity other = identity();
    change(other);
    return other.file_name();
  };
  std::vector<std::string> names{
      identity().file_name(),
      changed([](EngineIdentity& of) { of.onnx_hash = "abd"; }),
      changed([](EngineIdentity& of) { of.flavour = "TensorRT for RTX"; }),
      changed([](EngineIdentity& of) { of.version = "11.1.0.107"; }),
      changed([](EngineIdentity& of) { of.precision = "fp32"; }),
      changed([](EngineIdentity& of) { of.profile.least.set(Axis::Batch, 1); }),
      changed([](EngineIdentity& of) { of.profile.usual.set(Axis::Seq, 64); }),
      changed([](EngineIdentity& of) { of.profile.most.set(Axis::Batch, 8); }),
      changed([](EngineIdentity& of) { of.compute_capability = "8.9"; }),
      changed([](EngineIdentity& of) { of.driver = 12'080; }),
  };
  EXPECT_TRUE(names.front().starts_with("engine_") && names.front().ends_with(".trt")) << names.front();
  const std::size_t count = names.size();
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  EXPECT_EQ(names.size(), count);
  EXPECT_EQ(identity().file_name(), identity().file_name());
}

}  // namespace
}  // namespace medbench::trt
