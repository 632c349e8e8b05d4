#include "backend/torch/torch_library.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "job/capabilities.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::torch_backend {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// What the worker says of itself with this folder as MEDBENCH_TORCH_LIB.
Capabilities describe_with(const std::string& folder) {
  const auto output = testing::run_program(
      {.argv = {MEDBENCH_TORCH_WORKER, "describe"}, .environment = {{kTorchLibVariable, folder}}});
  return capabilities_from_json(parse_json(output.out, "description"));
}

// The folders of libtorch that this build uses, as one folder of links.
void link_libraries(const fs::path& folder) {
  std::istringstream folders(MEDBENCH_TORCH_LIBRARIES);
  for (std::string from; std::getline(folders, from, ':');) {
    for (const auto& entry : fs::directory_iterator(from))
      fs::create_symlink(entry.path(), folder / entry.path().filename());
  }
}

TEST(TorchLibrary, IsTakenFromTheFolderThatTheVariableNames) {
  const testing::TemporaryFolder folder;
  fs::create_directories(folder.path() / "lib");
  link_libraries(folder.path() / "lib");
  const Capabilities said = describe_with((folder.path() / "lib").string());
  EXPECT_EQ(said.runtime.library, (folder.path() / "lib" / "libtorch_cpu.so").string());
  EXPECT_EQ(said.reason.find(kTorchLibVariable), std::string::npos) << said.reason;
}

TEST(TorchLibrary, RefusesAFolderWithoutLibtorchAndKeepsItsOwn) {
  const Capabilities own = describe_with("");
  const Capabilities said = describe_with("/nonexistent");
  EXPECT_EQ(said.runtime.library, own.runtime.library);
  EXPECT_THAT(said.reason, HasSubstr("MEDBENCH_TORCH_LIB=/nonexistent: there is no libtorch_cpu.so"));
  ASSERT_FALSE(said.devices.empty());
  EXPECT_EQ(said.devices[0].id, "cpu");
}

TEST(TorchLibrary, RefusesAnotherVersion) {
  const testing::TemporaryFolder folder;
  fs::create_directories(folder.path() / "lib");
  link_libraries(folder.path() / "lib");
  folder.write("version.py", "__version__ = '2.1.0+cu121'\n");
  const Capabilities said = describe_with((folder.path() / "lib").string());
  EXPECT_THAT(said.reason, HasSubstr("that is no torch 2.11.0"));
  EXPECT_EQ(said.runtime.library, describe_with("").runtime.library);
}

TEST(TorchLibrary, SuitsThisProgram) {
  EXPECT_EQ(torch_library_problem(), std::nullopt);
  EXPECT_EQ(torch_library().filename(), "libtorch_cpu.so");
}

}  // namespace
}  // namespace medbench::torch_backend
