// Plug-ins that cannot be used. The good one is run by the conformance suite.
#include "backend/pjrt/plugin.hpp"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/runner.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::pjrt {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ScopedEnvironment;
using testing::TemporaryFolder;

std::filesystem::path faulty(const std::string& fault) {
  return std::filesystem::path(FAULTY_PLUGINS) / ("faulty_plugin_" + fault + ".so");
}

void expect_refused(const std::filesystem::path& path, const std::string& part) {
  testing::expect_error(ErrorKind::Environment, part, [&] { (void)Plugin::load(path); });
}

TEST(Plugin, SaysWhyALibraryCannotBeUsed) {
  expect_refused(faulty("NoApi"), "no function GetPjrtApi");
  expect_refused(faulty("NullApi"), "no table");
  expect_refused(faulty("OtherMajor"), "PJRT 1.81, and this worker speaks major version 0");
  expect_refused(faulty("TooOld"), "too old");
  expect_refused(faulty("FailsToInitialise"), "out of luck");
}

TEST(Plugin, RefusesAgainWhatItRefusedOnce) {
  expect_refused(faulty("OtherMajor"), "major version");
  expect_refused(faulty("OtherMajor"), "major version");
}

TEST(Plugin, SaysWhyAFileIsNoLibrary) {
  const TemporaryFolder folder;
  expect_refused(folder.path() / "absent.so", "not a file");
  expect_refused(folder.path(), "not a file");
  expect_refused(folder.write("text.so", "hello"), "cannot be loaded");
  // A library of another machine's kind: the header of an ELF file for AArch64.
  std::string header(
      "\x7f"
      "ELF\x02\x01\x01",
      7);
  header.resize(64);
  header[16] = 3;
  header[18] = '\xb7';
  expect_refused(folder.write("other.so", header), "cannot be loaded");
}

// What a plug-in does to the worker stays in the worker.
TEST(Plugin, ACrashOrAHangIsAReason) {
  WorkerOptions options;
  options.libexec = WORKERS;
  options.grace = 1s;
  {
    const ScopedEnvironment plugin("MEDBENCH_PJRT_PLUGIN", faulty("Crashes").string());
    const Capabilities crashed = describe_backend("pjrt", options);
    EXPECT_THAT(crashed.devices, IsEmpty());
    EXPECT_THAT(crashed.reason, HasSubstr("SIGABRT"));
  }
  const ScopedEnvironment plugin("MEDBENCH_PJRT_PLUGIN", faulty("Hangs").string());
  const Capabilities hung = describe_backend("pjrt", options, 1s);
  EXPECT_THAT(hung.devices, IsEmpty());
  EXPECT_THAT(hung.reason, HasSubstr("within 1 s"));
}

TEST(Plugin, ABadPluginIsAReasonOfTheDescription) {
  WorkerOptions options;
  options.libexec = WORKERS;
  const ScopedEnvironment plugin("MEDBENCH_PJRT_PLUGIN", faulty("OtherMajor").string());
  const Capabilities capabilities = describe_backend("pjrt", options);
  EXPECT_THAT(capabilities.devices, IsEmpty());
  EXPECT_THAT(capabilities.reason, HasSubstr("major version 0"));
  EXPECT_THAT(capabilities.advice, HasSubstr("MEDBENCH_PJRT_PLUGIN"));
}

}  // namespace
}  // namespace medbench::pjrt
