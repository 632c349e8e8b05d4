#include "backend/onnxruntime/library.hpp"

#include <array>
#include <cstdlib>
#include <elf.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "tests/backend/onnxruntime/ort_testing.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::ort {
namespace {

using testing::bundled_library;
using testing::expect_error;

std::string fake(const std::string& release) {
  return std::string(FAKE_LIBRARY_FOLDER) + "/libfake_onnxruntime_" + release + ".so";
}

// A file that begins like a shared library of another machine.
void write_header(const std::filesystem::path& path, unsigned char elf_class, Elf64_Half machine) {
  Elf64_Ehdr header{};
  std::copy_n(ELFMAG, SELFMAG, std::begin(header.e_ident));
  header.e_ident[EI_CLASS] = elf_class;
  header.e_machine = machine;
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&header), sizeof(header));
}

void expect_refused(const std::filesystem::path& path, const std::string& part) {
  expect_error(ErrorKind::Environment, part, [&] { (void)load_library(path); });
}

TEST(OrtLibrary, IsFoundByOptionThenVariableThenBesideTheProgram) {
  ::setenv("MEDBENCH_ORT_LIBRARY", "/from/variable.so", 1);
  EXPECT_EQ(find_library({{"ort.library", "/from/option.so"}}), "/from/option.so");
  EXPECT_EQ(find_library({}), "/from/variable.so");
  ::setenv("MEDBENCH_ORT_LIBRARY", "", 1);
  EXPECT_NE(find_library({}).string().find("/lib/medbench/onnxruntime/libonnxruntime.so."),
            std::string::npos);
  ::unsetenv("MEDBENCH_ORT_LIBRARY");
}

TEST(OrtLibrary, TellsItsVersionAndWhereItIs) {
  const Library library = bundled_library();
  EXPECT_EQ(library.version, "1.32.0");
  EXPECT_EQ(library.api.version(), kNewestApi);
  EXPECT_TRUE(library.path.ends_with("libonnxruntime.so.1.32.0")) << library.path;
  const std::string build = library.api.call(slot::kGetBuildInfo);
  EXPECT_TRUE(build.starts_with("ORT Build Info:")) << build;
}

TEST(OrtLibrary, RefusesWhatIsNoLibrary) {
  const testing::TemporaryFolder folder;
  expect_refused(folder.path() / "missing.so", "there is no file");
  expect_refused(folder.path(), "is not a file");
  std::ofstream(folder.path() / "text.so") << "not a library at all, but long enough to hold a header of ELF";
  expect_refused(folder.path() / "text.so", "is not a shared library");
  std::ofstream(folder.path() / "empty.so").flush();
  expect_refused(folder.path() / "empty.so", "is not a shared library");
  write_header(folder.path() / "hollow.so", ELFCLASS64, EM_X86_64);
  expect_refused(folder.path() / "hollow.so", "cannot be loaded");
}

TEST(OrtLibrary, RefusesAnotherMachinesLibrary) {
  const testing::TemporaryFolder folder;
  write_header(folder.path() / "ppc.so", ELFCLASS64, EM_PPC64);
  expect_refused(folder.path() / "ppc.so", "is built for ppc64, this machine is");
  write_header(folder.path() / "old.so", ELFCLASS32, EM_386);
  expect_refused(folder.path() / "old.so", "is built for x86 with 32 bits");
}

TEST(OrtLibrary, RefusesOtherLibrariesAndReleases) {
  expect_refused("/proc/self/exe", "cannot be loaded");
  expect_refused(fake("1.10.2"),
                 "ONNX Runtime 1.10.2 with version 10 of the interface; medbench needs at least version");
  expect_refused(fake("1.99.0"), "does not hand out version 29 of its interface");
  expect_refused(fake("2.0.0"), "ONNX Runtime 2.0.0, which medbench does not know");
}

TEST(OrtLibrary, ReadsTheVersionOfTheInterface) {
  EXPECT_EQ(api_version_of("1.20.1", "x"), 20U);
  EXPECT_EQ(api_version_of("1.32.0", "x"), kNewestApi);
  for (const char* text : {"", "1", "1.", "1.x", "nonsense", "0.5.0"}) {
    expect_error(ErrorKind::Environment, "does not know", [&] { (void)api_version_of(text, "x"); });
  }
  expect_error(ErrorKind::Environment, "use a newer library", [] { (void)api_version_of("1.16.3", "x"); });
}

TEST(OrtApi, RefusesFunctionsThatTheLibraryIsTooOldFor) {
  const Api api(nullptr, 20);
  EXPECT_TRUE(api.has(slot::kGetBuildInfo));
  EXPECT_FALSE(api.has(slot::kGetEpDevices));
  const EpDevice* const* devices = nullptr;
  std::size_t count = 0;
  expect_error(ErrorKind::Environment, "version 20 of the interface, without GetEpDevices",
               [&] { api.call(slot::kGetEpDevices, nullptr, &devices, &count); });
}

}  // namespace
}  // namespace medbench::ort
