#include "medbench/device_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;

Capabilities with_devices(const std::vector<std::string>& ids, std::string reason = {}) {
  Capabilities capabilities;
  capabilities.backend = "torch";
  capabilities.reason = std::move(reason);
  for (const auto& id : ids) {
    capabilities.devices.push_back({.id = id, .name = "a device", .memory_mb = 1, .precisions = {"fp32"}});
  }
  return capabilities;
}

DeviceChoice choose(const std::optional<std::string>& asked, const Capabilities& capabilities) {
  return choose_device(asked, true, [&] { return capabilities; });
}

Capabilities must_not_ask() {
  ADD_FAILURE() << "the worker was asked without need";
  return {};
}

TEST(IsDeviceName, KnowsTheSpellings) {
  for (const char* good : {"cpu", "cuda", "cuda:0", "cuda:15"}) EXPECT_TRUE(is_device_name(good)) << good;
  for (const char* bad :
       {"", "gpu", "CPU", "cuda:", "cuda:x", "cuda:-1", "cuda:01", "cuda:1000", "cuda0", "cpu:0"}) {
    EXPECT_FALSE(is_device_name(bad)) << bad;
  }
}

TEST(ChooseDevice, TakesTheCpuWithoutAsking) {
  const auto choice = choose_device("cpu", true, must_not_ask);
  EXPECT_EQ(choice.device, "cpu");
  EXPECT_EQ(choice.note, "");
}

TEST(ChooseDevice, AsksNobodyWhereNoDeviceIsSeen) {
  EXPECT_EQ(choose_device(std::nullopt, false, must_not_ask).note, "");
  const auto choice = choose_device("cuda:1", false, must_not_ask);
  EXPECT_EQ(choice.device, "cpu");
  EXPECT_THAT(choice.note, HasSubstr("no NVIDIA device is seen"));
}

TEST(ChooseDevice, FallsBackWithTheReasonOfTheWorker) {
  const auto choice = choose("cuda", with_devices({"cpu"}, "the driver is too old"));
  EXPECT_EQ(choice.device, "cpu");
  EXPECT_THAT(choice.note, HasSubstr("the driver is too old"));
  EXPECT_THAT(choose("cuda", with_devices({"cpu"})).note, HasSubstr("the torch worker offers none"));
}

TEST(ChooseDevice, IsQuietWhereNobodyAskedForCuda) {
  const auto choice = choose(std::nullopt, with_devices({"cpu"}, "the driver is too old"));
  EXPECT_EQ(choice.device, "cpu");
  EXPECT_EQ(choice.note, "");
}

TEST(ChooseDevice, PrefersCudaThatWorks) {
  EXPECT_EQ(choose(std::nullopt, with_devices({"cpu", "cuda:0"})).device, "cuda");
  EXPECT_EQ(choose("cuda", with_devices({"cpu", "cuda:0"})).device, "cuda");
  EXPECT_EQ(choose("cuda:1", with_devices({"cpu", "cuda:0", "cuda:1"})).device, "cuda:1");
}

TEST(ChooseDevice, RefusesANumberThatNoDeviceHas) {
  try {
    choose("cuda:3", with_devices({"cpu", "cuda:0", "cuda:1"}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Usage);
    EXPECT_STREQ(error.what(), "--device cuda:3: there is only cuda:0, cuda:1");
  }
}

}  // namespace
}  // namespace medbench
