#include "device/cuda_driver.hpp"

#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.hpp"

namespace medbench::device {
namespace {

using ::testing::HasSubstr;

// What a driver with this script says. It is asked once for each name, hence a copy under a name of its own.
class CudaDriverTest : public ::testing::Test {
 protected:
  const CudaDriver& ask(const char* script) {
    ::setenv("MEDBENCH_FAKE_CUDA", script, 1);
    const auto copy = folder_.path() / ("fake" + std::to_string(++count_) + ".so");
    std::filesystem::copy_file(MEDBENCH_FAKE_CUDA_LIBRARY, copy);
    return cuda_driver(copy.string());
  }

 private:
  testing::TemporaryFolder folder_;
  int count_ = 0;
};

TEST_F(CudaDriverTest, ListsTheCards) {
  const CudaDriver& driver = ask("13020 2 0");
  EXPECT_EQ(driver.version, 13020);
  ASSERT_EQ(driver.devices.size(), 2U);
  EXPECT_EQ(driver.devices[1].name, "Fake 1");
  EXPECT_EQ(driver.devices[1].pci_bus_id, "0000:01:00.0");
  EXPECT_EQ(driver.devices[1].memory_mb, 2048);
  EXPECT_EQ(driver.devices[1].compute_major, 9);
  EXPECT_EQ(driver.devices[1].compute_minor, 0);
  EXPECT_EQ(cuda_refusal(driver, 13000), std::nullopt);
}

TEST_F(CudaDriverTest, SaysThatThereIsNoDriver) {
  const CudaDriver& driver = cuda_driver("libmedbench-no-such-driver.so.1");
  EXPECT_TRUE(driver.devices.empty());
  EXPECT_EQ(driver.version, 0);
  EXPECT_THAT(driver.reason, HasSubstr("there is no NVIDIA driver: libmedbench-no-such-driver.so.1"));
  EXPECT_THAT(cuda_refusal(driver, 13000).value(), HasSubstr("no NVIDIA driver"));
  EXPECT_THAT(driver.advice, HasSubstr("nvidia-smi"));
}

TEST_F(CudaDriverTest, SaysThatTheDriverIsTooOld) {
  const CudaDriver& driver = ask("12080 1 0");
  EXPECT_EQ(cuda_refusal(driver, 13000),
            "the NVIDIA driver is too old: it runs CUDA 12.8, and CUDA 13.0 is needed");
  EXPECT_EQ(cuda_refusal(driver, 12000), std::nullopt);
}

// A driver of an older minor version runs what a newer one of the same major was built for.
TEST_F(CudaDriverTest, TakesADriverOfTheSameMajorVersion) {
  EXPECT_EQ(cuda_refusal(ask("13000 1 0"), 13020), std::nullopt);
}

TEST_F(CudaDriverTest, PassesOnWhyItDoesNotStart) {
  const CudaDriver& driver = ask("13000 1 999");
  EXPECT_EQ(driver.reason, "cuInit: unknown error (CUDA error 999)");
  EXPECT_TRUE(driver.devices.empty());
}

TEST_F(CudaDriverTest, SaysThatThereIsNoCard) {
  const CudaDriver& driver = ask("13000 0 0");
  EXPECT_THAT(driver.reason, HasSubstr("CUDA error 100"));
  EXPECT_THAT(driver.advice, HasSubstr("container"));
}

TEST_F(CudaDriverTest, NamesWhatHidesTheCards) {
  ::setenv("CUDA_VISIBLE_DEVICES", "-1", 1);
  const CudaDriver& driver = ask("13000 0 0");
  ::unsetenv("CUDA_VISIBLE_DEVICES");
  EXPECT_THAT(driver.advice, HasSubstr("unset CUDA_VISIBLE_DEVICES, which is \"-1\" and leaves no card"));
}

TEST_F(CudaDriverTest, RefusesALibraryOfAnotherKind) {
  EXPECT_THAT(cuda_driver("libm.so.6").reason, HasSubstr("is no NVIDIA driver"));
}

TEST(CudaIndex, ReadsTheNumber) {
  EXPECT_EQ(cuda_index("cuda"), 0);
  EXPECT_EQ(cuda_index("cuda:0"), 0);
  EXPECT_EQ(cuda_index("cuda:12"), 12);
  for (const char* other :
       {"", "cpu", "cud", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda1", "cuda:99999999999"})
    EXPECT_EQ(cuda_index(other), std::nullopt) << other;
}

}  // namespace
}  // namespace medbench::device
