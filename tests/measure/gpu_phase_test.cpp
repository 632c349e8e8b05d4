#include "measure/gpu_phase.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace medbench {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr unsigned kOwn = 7;
const Family kFamily{.own = kOwn};

device::GpuReading reading(double energy_mj, double power_limited_s = 0) {
  device::GpuReading made;
  made.sm_clock_mhz = 1410;
  made.energy_mj = energy_mj;
  made.power_limited_s = power_limited_s;
  made.heat_limited_s = 0;
  made.clock_reasons = 0;
  made.processes = std::vector<unsigned>{kOwn};
  return made;
}

GpuPhase phase(const device::GpuReading& begin, const device::GpuReading& end, double wall_s) {
  GpuPhase made;
  made.add(begin, end, wall_s, kFamily);
  return made;
}

TEST(GpuPhase, AddsTurnsAndNothingBetweenThem) {
  GpuPhase whole = phase(reading(1000), reading(3000), 1);
  whole.add(reading(9000), reading(10'000), 2, kFamily);
  Metrics metrics;
  fill_gpu_metrics(metrics, whole, 10);
  EXPECT_EQ(metrics.get("gpu_energy_mj_per_iteration"), 300);
  EXPECT_EQ(metrics.get("gpu_power_w"), 1);
  EXPECT_EQ(whole.before.energy_mj, 1000);
  EXPECT_EQ(whole.after.energy_mj, 10'000);
}

TEST(GpuPhase, GivesNoEnergyOfAShortPhaseOrASilentCard) {
  Metrics metrics;
  fill_gpu_metrics(metrics, phase(reading(0), reading(5), 0.4), 10);
  EXPECT_EQ(metrics.get("gpu_energy_mj_per_iteration"), std::nullopt);
  EXPECT_THAT(metrics.all().at("gpu_energy_mj_per_iteration").reason, HasSubstr("shorter than 0.5 s"));

  // One turn without a figure leaves the sum unknown; so does a counter that was reset.
  GpuPhase silent = phase(reading(0), reading(5), 1);
  device::GpuReading end = reading(0);
  end.energy_mj.reset();
  silent.add(reading(0), end, 1, kFamily);
  for (const GpuPhase& unknown : {silent, phase(reading(9), reading(5), 1)}) {
    Metrics none;
    fill_gpu_metrics(none, unknown, 10);
    EXPECT_THAT(none.all().at("gpu_power_w").reason, HasSubstr("counts no energy"));
  }
}

TEST(GpuWarnings, AreSilentOnAQuietCard) {
  EXPECT_THAT(gpu_warnings(phase(reading(0), reading(1), 1), 1980), IsEmpty());
}

TEST(GpuWarnings, TellOfLoweredClocks) {
  device::GpuReading end = reading(1, 0.25);
  end.clock_reasons = 0x40;
  const auto warnings = gpu_warnings(phase(reading(0), end, 1), 1980);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].kind, "gpu_throttled");
  EXPECT_EQ(
      warnings[0].text,
      "the card lowered its clocks: hot (hardware), power for 25 % of the time; 1410 of 1980 MHz at the end");
  // The card's counters are refreshed too rarely for a short phase, and may run past the end of any.
  end.clock_reasons = 0;
  EXPECT_THAT(gpu_warnings(phase(reading(0), end, 0.2), 1980), IsEmpty());
  EXPECT_THAT(gpu_warnings(phase(reading(0), reading(1, 1.1), 1), 1980).at(0).text,
              ::testing::HasSubstr("power for 100 % of the time"));
  // A share that does not matter.
  EXPECT_THAT(gpu_warnings(phase(reading(0), reading(1, 0.01), 1), 1980), IsEmpty());
}

TEST(GpuWarnings, TellOfOtherProcesses) {
  device::GpuReading end = reading(1);
  end.processes = std::vector<unsigned>{kOwn, 8, 9};
  const auto warnings = gpu_warnings(phase(reading(0), end, 1), 1980);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].kind, "gpu_shared");
  EXPECT_EQ(warnings[0].text, "2 other processes are on the card");
}

TEST(CountOtherProcesses, TakesOneForThisOneUnderWhateverNumber) {
  EXPECT_EQ(count_other_processes({}, kFamily), 0U);
  EXPECT_EQ(count_other_processes({kOwn}, kFamily), 0U);
  EXPECT_EQ(count_other_processes({kOwn, kOwn}, kFamily), 0U);
  EXPECT_EQ(count_other_processes({kOwn, 8}, kFamily), 1U);
  EXPECT_EQ(count_other_processes({40'001}, kFamily), 0U);  // in a container
  EXPECT_EQ(count_other_processes({40'001, 40'002}, kFamily), 1U);
}

TEST(CountOtherProcesses, LeavesThoseOutThatWaitForTheirTurn) {
  const Family family{.own = kOwn, .relatives = {8, 9}};
  EXPECT_EQ(count_other_processes({kOwn, 8, 9}, family), 0U);
  EXPECT_EQ(count_other_processes({kOwn, 8, 10}, family), 1U) << "9 is not on this card, 10 is a stranger";
  // In a container, whose numbers are not the driver's.
  EXPECT_EQ(count_other_processes({40'001, 40'002, 40'003}, family), 0U);
  EXPECT_EQ(count_other_processes({40'001, 40'002, 40'003, 40'004}, family), 1U);
  EXPECT_EQ(count_other_processes({40'001}, family), 0U);
}

}  // namespace
}  // namespace medbench
