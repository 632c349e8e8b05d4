#include "backend/tensorrt/library.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::trt {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::ScopedEnvironment;
using testing::TemporaryFolder;

constexpr Version kHeaders{11, 1, 0, 0};

fs::path fake(const std::string& name) {
  return fs::path(FAKE_LIBRARY_FOLDER) / ("libfake_tensorrt_" + name + ".so");
}

void expect_refused(const std::string& library, const std::string& part) {
  testing::expect_error(ErrorKind::Environment, part, [&] { (void)load_library(library, kHeaders); });
}

TEST(TensorRtLibrary, IsTheOneThatIsNamed) {
  const ScopedEnvironment variable("MEDBENCH_TRT_LIBRARY", "/variable.so");
  EXPECT_THAT(library_names("/option.so", kHeaders), ElementsAre("/option.so"));
  EXPECT_THAT(library_names("", kHeaders), ElementsAre("/variable.so"));
}

TEST(TensorRtLibrary, IsElseThatOfTheHeaders) {
  const ScopedEnvironment variable("MEDBENCH_TRT_LIBRARY", std::nullopt);
  EXPECT_THAT(library_names("", kHeaders), Contains("libnvinfer.so.11"));
  EXPECT_THAT(library_names("", kHeaders), Contains("libtensorrt_rtx.so.1"));
  EXPECT_THAT(library_names("", {10, 16, 0, 0}), Contains("libnvinfer.so.10"));
  EXPECT_THAT(library_names("", {1, 7, 0, 0}), ::testing::Not(Contains("libnvinfer.so.1")));
}

TEST(TensorRtLibrary, IsLoadedWithTheParserBesideIt) {
  const TemporaryFolder folder;
  const fs::path library = folder.path() / "libnvinfer.so.11";
  fs::copy_file(fake("110100"), library);
  expect_refused(library, "the ONNX parser of TensorRT cannot be loaded");
  fs::copy_file(fake("110100"), folder.path() / "libnvonnxparser.so.11");
  const Library loaded = load_library(library, kHeaders);
  EXPECT_EQ(loaded.version.text(), "11.1.0.7");
  EXPECT_EQ(loaded.number, 110'100);
  EXPECT_EQ(loaded.parser_number, 100);
  EXPECT_EQ(loaded.path, library);
  EXPECT_EQ(loaded.parser_path, folder.path() / "libnvonnxparser.so.11");
}

TEST(TensorRtLibrary, ThatCannotBeUsedIsRefusedInOneSentence) {
  const TemporaryFolder folder;
  expect_refused("/nowhere/libnvinfer.so.11", "/nowhere/libnvinfer.so.11: cannot open");
  expect_refused(folder.write("text.so", "hello"), "text.so: ");
  expect_refused(fake("0"), "is a library but not TensorRT (it has no getInferLibVersion)");
  expect_refused(fake("101302"),
                 "TensorRT 10.13, and this worker was built with the headers of TensorRT 11.1");
  expect_refused(fake("10401"), "TensorRT for RTX 1.4, and medbench needs at least 1.7");
}

}  // namespace
}  // namespace medbench::trt
