#include "backend/onnxruntime/runtime.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/backend/onnxruntime/ort_testing.hpp"
#include "tests/support/errors.hpp"

namespace medbench::ort {
namespace {

using testing::bundled_library;
using ::testing::Contains;
using testing::expect_error;
using ::testing::HasSubstr;

constexpr const char* kCpu = "CPUExecutionProvider";

Options provider_named(const std::string& name, const std::string& library = "") {
  Options options;
  options.provider = name;
  options.provider_library = library;
  return options;
}

std::string refusal_of(Runtime& runtime, const std::string& device, const Options& options) {
  return runtime.select_provider(device, options).refusal.value_or("");
}

TEST(OrtOptions, AreReadAndChecked) {
  const Options options = read_options({{"ort.library", "l"},
                                        {"ort.ep_library", "p"},
                                        {"ort.ep", "QNN"},
                                        {"ort.ep_option.backend", "htp"},
                                        {"pjrt.plugin", "of another backend"}});
  EXPECT_EQ(
      options,
      (Options{
          .provider_library = "p", .provider = "QNN", .provider_options = {{"backend", "htp"}}, .form = ""}));
  EXPECT_EQ(read_options({}).graphs, GraphMode::Auto);
  EXPECT_EQ(read_options({{"ort.cuda_graphs", "on"}}).graphs, GraphMode::On);
  EXPECT_EQ(read_options({{"ort.form", "onnxruntime"}}).form, "onnxruntime");
  expect_error(ErrorKind::Usage, "ort.form=mine: give onnxruntime, onnxruntime-cuda or tensorrt", [] {
    (void)read_options({{"ort.form", "mine"}});
  });
  expect_error(ErrorKind::Usage, "ort.cuda_graphs=yes: give auto, on or off", [] {
    (void)read_options({{"ort.cuda_graphs", "yes"}});
  });
  EXPECT_TRUE(read_options({}).own_kernels);
  EXPECT_FALSE(read_options({{"ort.own_kernels", "off"}}).own_kernels);
  expect_error(ErrorKind::Usage, "ort.own_kernels=no: give on or off", [] {
    (void)read_options({{"ort.own_kernels", "no"}});
  });
  expect_error(ErrorKind::Usage, "no option 'ort.eplibrary'", [] {
    (void)read_options({{"ort.eplibrary", "p"}});
  });
  expect_error(ErrorKind::Usage, "no option 'ort.ep_option.'", [] {
    (void)read_options({{"ort.ep_option.", "p"}});
  });
  expect_error(ErrorKind::Usage, "give ort.ep as well", [] {
    (void)read_options({{"ort.ep_library", "p"}});
  });
  expect_error(ErrorKind::Usage, "give ort.ep as well", [] {
    (void)read_options({{"ort.ep_option.a", "b"}});
  });
}

TEST(OrtRuntime, NamesProvidersAndTheirDevices) {
  const Runtime runtime(bundled_library());
  EXPECT_THAT(runtime.available_providers(), Contains(kCpu));
  const auto devices = runtime.provider_devices();
  const auto cpu = std::find_if(devices.begin(), devices.end(),
                                [](const ProviderDevice& device) { return device.provider == kCpu; });
  ASSERT_NE(cpu, devices.end());
  EXPECT_EQ(cpu->type, HardwareType::Cpu);
  EXPECT_FALSE(cpu->vendor.empty());
}

TEST(OrtRuntime, ChoosesTheProviderByDeviceOrName) {
  Runtime runtime(bundled_library());
  EXPECT_EQ(runtime.select_provider("cpu", {}).choice.way, ProviderChoice::Way::Cpu);
  const auto named = runtime.select_provider("cpu", provider_named(kCpu));
  EXPECT_EQ(named.refusal, std::nullopt);
  EXPECT_EQ(named.choice.way, ProviderChoice::Way::ByDevice);
  EXPECT_EQ(named.choice.devices.size(), 1U);
  EXPECT_THAT(refusal_of(runtime, "cuda", {}), HasSubstr("has no provider for cuda (it has"));
  EXPECT_THAT(refusal_of(runtime, "npu", provider_named(kCpu)), HasSubstr("runs on cpu here, not on npu"));
  expect_error(ErrorKind::Environment, "there is no provider NoSuchProvider",
               [&] { (void)runtime.select_provider("cpu", provider_named("NoSuchProvider")); });
}

TEST(OrtRuntime, RefusesProviderLibrariesThatAreNone) {
  Runtime runtime(bundled_library());
  Options options = provider_named("P", "/nowhere/libprovider.so");
  expect_error(ErrorKind::Environment, "there is no file /nowhere/libprovider.so",
               [&] { (void)runtime.select_provider("cpu", options); });
  // A library, but no provider.
  options.provider_library = std::string(FAKE_LIBRARY_FOLDER) + "/libfake_onnxruntime_2.0.0.so";
  expect_error(ErrorKind::Environment, "was refused", [&] { (void)runtime.select_provider("cpu", options); });
}

// The library for the CPU answers for providers that it does not have: its messages prove the slots.
TEST(OrtRuntime, TellsWhichProvidersAreNotBuiltIn) {
  const Runtime runtime(bundled_library());
  const auto session_options = create<SessionOptions>(runtime.api(), slot::kCreateSessionOptions);
  ProviderChoice choice{
      .way = ProviderChoice::Way::Cuda, .name = "CUDAExecutionProvider", .options = {}, .devices = {}};
  expect_error(ErrorKind::Runtime, "CUDA execution provider is not enabled",
               [&] { runtime.append_provider(session_options.get(), choice); });
  expect_error(ErrorKind::Runtime, "CUDA execution provider is not enabled", [&] {
    runtime.api().call(slot::kUpdateCudaOptions, nullptr, nullptr, nullptr, std::size_t{0});
  });
  runtime.api().call(slot::kReleaseCudaOptions, nullptr);
  choice = {.way = ProviderChoice::Way::ByName, .name = "NoSuchProvider", .options = {}, .devices = {}};
  expect_error(ErrorKind::Runtime, "Unknown provider name",
               [&] { runtime.append_provider(session_options.get(), choice); });
}

}  // namespace
}  // namespace medbench::ort
