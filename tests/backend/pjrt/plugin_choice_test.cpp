#include "backend/pjrt/plugin_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::pjrt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ScopedEnvironment;
using testing::TemporaryFolder;

TEST(PluginChoice, TheOptionGoesBeforeTheVariable) {
  const ScopedEnvironment variable(kPluginVariable, "/from/variable.so");
  EXPECT_EQ(choose_plugin("pjrt", {{kPluginOption, "/from/option.so"}}), "/from/option.so");
  EXPECT_EQ(choose_plugin("pjrt", {}), "/from/variable.so");
}

TEST(PluginChoice, OtherwiseThePluginThatComesWithMedbench) {
  const ScopedEnvironment variable(kPluginVariable, std::nullopt);
  EXPECT_TRUE(std::filesystem::is_regular_file(choose_plugin("pjrt", {})));
}

TEST(PluginChoice, SeesTpusByTheirDeviceFiles) {
  const TemporaryFolder dev;
  EXPECT_THAT(tpu_device_files(dev.path()), IsEmpty());
  EXPECT_THAT(tpu_device_files(dev.path() / "absent"), IsEmpty());
  dev.write("vfio/vfio", "");  // any machine with IOMMU groups has it
  dev.write("null", "");
  EXPECT_THAT(tpu_device_files(dev.path()), IsEmpty());
  dev.write("accel0", "");
  dev.write("vfio/12", "");
  EXPECT_THAT(tpu_device_files(dev.path()), ElementsAre(dev.path() / "accel0", dev.path() / "vfio" / "12"));
}

TEST(PluginChoice, WithoutATpuNoLibraryIsTried) {
  if (!tpu_device_files("/dev").empty()) GTEST_SKIP() << "this machine has a TPU";
  testing::expect_error(ErrorKind::Environment, "no TPU is attached", [] {
    (void)choose_plugin("tpu", {{kPluginOption, "/some/libtpu.so"}});
  });
}

}  // namespace
}  // namespace medbench::pjrt
