#include "machine/cpu_energy.hpp"

#include <fstream>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

class CpuEnergyTest : public ::testing::Test {
 protected:
  void zone(const std::string& zone, const std::string& name, const std::string& microjoules) {
    const auto path = folder_.path() / zone;
    std::filesystem::create_directories(path);
    std::ofstream(path / "name") << name << '\n';
    std::ofstream(path / "energy_uj") << microjoules << '\n';
    std::ofstream(path / "max_energy_range_uj") << "1000000\n";
  }
  CpuEnergy read() { return read_cpu_energy(folder_.path()); }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(CpuEnergyTest, AddsPackagesAndNeitherPartsNorThePlatform) {
  zone("intel-rapl:0", "package-0", "1000");
  zone("intel-rapl:1", "package-1", "5000");
  zone("intel-rapl:0:0", "core", "100");
  zone("intel-rapl:2", "psys", "9000");
  const CpuEnergy before = read();
  EXPECT_EQ(before.size(), 2U);
  zone("intel-rapl:0", "package-0", "3000");
  zone("intel-rapl:1", "package-1", "6000");
  EXPECT_EQ(energy_between_mj(before, read()), 3);
}

TEST_F(CpuEnergyTest, FollowsACounterThatWraps) {
  zone("intel-rapl:0", "package-0", "999000");
  const CpuEnergy before = read();
  zone("intel-rapl:0", "package-0", "1000");
  EXPECT_EQ(energy_between_mj(before, read()), 2);
}

TEST_F(CpuEnergyTest, IsUnknownWithoutCountersThatCanBeRead) {
  EXPECT_TRUE(read_cpu_energy("/nonexistent").empty());
  EXPECT_EQ(energy_between_mj({}, {}), std::nullopt);
  zone("intel-rapl:0", "package-0", "not a number");
  EXPECT_TRUE(read().empty());
  zone("intel-rapl:0", "package-0", "10");
  EXPECT_EQ(energy_between_mj({}, read()), std::nullopt);
}

}  // namespace
}  // namespace medbench
