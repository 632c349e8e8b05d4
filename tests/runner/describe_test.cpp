#include <gmock/gmock.h>

#include "tests/runner/scripted_worker.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ScopedEnvironment;
using testing::ScriptedWorker;

Capabilities describe(const std::string& script, std::chrono::milliseconds limit = 20s) {
  const ScriptedWorker worker(script);
  return describe_backend("x", worker.options, limit);
}

void expect_reason(const Capabilities& capabilities, const std::string& part) {
  EXPECT_EQ(capabilities.backend, "x");
  EXPECT_THAT(capabilities.devices, IsEmpty());
  EXPECT_THAT(capabilities.reason, HasSubstr(part));
  EXPECT_NE(capabilities.advice, "");
}

TEST(DescribeBackend, GivesWhatTheWorkerSays) {
  const Capabilities said = describe(
      "test \"$1\" = describe && cat << 'END'\n"
      "{\"backend\": \"x\", \"runtime\": {\"name\": \"X\", \"version\": \"1\", \"library\": \"/x.so\"},\n"
      " \"devices\": [{\"id\": \"cpu\", \"name\": \"CPU\", \"memory_mb\": 5, \"precisions\": [\"fp32\"]}],\n"
      " \"reason\": \"\", \"advice\": \"\"}\nEND\n");
  EXPECT_EQ(said.reason, "");
  ASSERT_EQ(said.devices.size(), 1U);
  EXPECT_EQ(said.devices[0].id, "cpu");
  EXPECT_EQ(said.runtime.version, "1");
}

TEST(DescribeBackend, GivesAReasonForWhateverGoesWrong) {
  expect_reason(describe("echo hello"), "nonsense");
  expect_reason(describe("exit 0"), "nonsense");
  expect_reason(describe("echo '{\"backend\":\"y\"}'"), "worker of y");
  expect_reason(describe("echo boom >&2; kill -SEGV $$"), "SIGSEGV");
  expect_reason(describe("echo boom >&2; kill -SEGV $$"), "boom");
  expect_reason(describe("exit 4"), "exit code 4");
  expect_reason(describe("echo 'libx.so missing' >&2; exit 127"), "libx.so missing");
  expect_reason(describe("exec yes"), "more than 1048576 bytes");
  expect_reason(describe("exec sleep 30", 100ms), "within 0.1 s");
}

TEST(DescribeBackend, EndsWithTheLimitForLoading) {
  ScriptedWorker worker("exec sleep 30");
  worker.options.limits.load = 100ms;
  expect_reason(describe_backend("x", worker.options), "within 0.1 s");
}

TEST(DescribeBackend, AMissingWorkerHasAdvice) {
  const ScriptedWorker worker("exit 0");
  const Capabilities missing = describe_backend("absent", worker.options);
  EXPECT_THAT(missing.devices, IsEmpty());
  EXPECT_THAT(missing.reason, HasSubstr("worker-absent"));
  EXPECT_THAT(missing.advice, HasSubstr("MEDBENCH_LIBEXEC"));
}

TEST(InstalledBackends, AreTheWorkersInTheFolder) {
  const ScriptedWorker worker("exit 0");
  worker.install("worker-torch", "");
  worker.install("worker-", "");
  worker.install("worker-torch.debug", "");
  worker.install("other", "");
  std::filesystem::create_directory(worker.path() / "worker-folder");
  std::filesystem::create_symlink("nowhere", worker.path() / "worker-dangling");
  EXPECT_THAT(installed_backends(worker.path()), ElementsAre("torch", "x"));
  EXPECT_THAT(installed_backends(worker.path() / "missing"), IsEmpty());
  EXPECT_THAT(installed_backends(worker.path() / "other"), IsEmpty());
}

TEST(DefaultLibexec, IsTheVariableOrBesideTheProgram) {
  {
    const ScopedEnvironment variable("MEDBENCH_LIBEXEC", "/opt/workers");
    EXPECT_EQ(default_libexec(), "/opt/workers");
  }
  const ScopedEnvironment variable("MEDBENCH_LIBEXEC", "");
  EXPECT_EQ(default_libexec(), testing::libexec_folder());
}

}  // namespace
}  // namespace medbench
