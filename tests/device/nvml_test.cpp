#include "device/nvml.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace medbench::device {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kCard = "0000:3B:00.0";

std::unique_ptr<GpuSensors> find(const char* mode, const char* card = kCard) {
  ::setenv("MEDBENCH_FAKE_NVML", mode, 1);
  return GpuSensors::find(card, MEDBENCH_FAKE_NVML_LIBRARY);
}

TEST(Nvml, ReadsEverySensorInItsUnit) {
  const auto sensors = find("");
  ASSERT_NE(sensors, nullptr);
  EXPECT_EQ(sensors->name(), "NVIDIA Fake");
  EXPECT_EQ(sensors->driver_version(), "580.1");
  EXPECT_EQ(sensors->power_limit_w(), 700);
  EXPECT_EQ(sensors->max_sm_clock_mhz(), 1980);
  const GpuReading reading = sensors->read();
  EXPECT_EQ(reading.sm_clock_mhz, 1410);
  EXPECT_EQ(reading.memory_clock_mhz, 2619);
  EXPECT_EQ(reading.temperature_c, 61);
  EXPECT_EQ(reading.power_w, 650.5);
  EXPECT_EQ(reading.power_limited_s, 2.5);
  EXPECT_EQ(reading.heat_limited_s, 0);
  EXPECT_THAT(reading.processes.value(), ElementsAre(11, 22));
  EXPECT_THAT(names_of_clock_reasons(reading.clock_reasons.value()), ElementsAre("power cap"));
  EXPECT_EQ(sensors->read().energy_mj.value() - reading.energy_mj.value(), 500'000);
}

TEST(Nvml, LeavesOutWhatACardDoesNotTell) {
  const auto sensors = find("silent");
  ASSERT_NE(sensors, nullptr);
  const GpuReading reading = sensors->read();
  EXPECT_EQ(reading.energy_mj, std::nullopt);
  EXPECT_EQ(reading.power_limited_s, std::nullopt);
  EXPECT_EQ(reading.sm_clock_mhz, 1410);
}

TEST(Nvml, IsNothingWithoutLibraryOrCard) {
  EXPECT_EQ(GpuSensors::find(kCard, "libmedbench-no-such-nvml.so.1"), nullptr);
  EXPECT_EQ(GpuSensors::find(kCard, "libm.so.6"), nullptr);
  EXPECT_EQ(find("broken"), nullptr);
  EXPECT_EQ(find("", "0000:00:00.0"), nullptr);
}

TEST(ClockReasons, LeaveOutIdlenessAndSettings) {
  EXPECT_THAT(names_of_clock_reasons(0x01 | 0x02 | 0x10 | 0x100), IsEmpty());
  EXPECT_THAT(names_of_clock_reasons(0x20 | 0x80), ElementsAre("hot (software)", "power brake"));
}

}  // namespace
}  // namespace medbench::device
