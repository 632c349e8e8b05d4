// What becomes of torch.compiler=inductor, with Pythons that cannot do it and, where there is one, with one
// that can.
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/torch/python_program.hpp"
#include "base/file.hpp"
#include "tests/backend/torch/image_options.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;

class TorchInductor : public testing::TorchImageOptions {
 protected:
  void SetUp() override {
    ::setenv("MEDBENCH_CACHE_DIR", folder.path().c_str(), 1);
    ::unsetenv("MEDBENCH_PYTHON");
  }
  void TearDown() override { ::unsetenv("MEDBENCH_PYTHON"); }

  // A program in the place of Python.
  void use(const std::string& script) {
    const auto path = folder.write("python", "#!/bin/sh\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    ::setenv("MEDBENCH_PYTHON", path.c_str(), 1);
  }
  std::size_t files_left() const {
    const auto cache = std::filesystem::directory_iterator(folder.path() / "inductor");
    return static_cast<std::size_t>(std::distance(begin(cache), end(cache)));
  }

  testing::TemporaryFolder folder;
  const std::map<std::string, std::string> options{{"torch.compiler", "inductor"}};
};

TEST_F(TorchInductor, SaysItsLastWordsAndRunsAsEager) {
  use("echo first >&2; echo 'SystemError: no compiler here' >&2; exit 3\n");
  const EngineReport report = run(options);
  EXPECT_EQ(report.details["compiled"], false);
  EXPECT_THAT(report.details["compile_error"].get<std::string>(),
              HasSubstr("ended with exit code 3: SystemError: no compiler here"));
  EXPECT_EQ(report.details["kernels"]["at::convolution"], 2);
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_EQ(report.warnings[0].kind, "not_compiled");
  EXPECT_EQ(files_left(), 0U);
}

TEST_F(TorchInductor, SaysThatThereIsNoPython) {
  ::setenv("MEDBENCH_PYTHON", "/no/such/python", 1);
  const EngineReport report = run(options);
  EXPECT_EQ(report.details["compiled"], false);
  EXPECT_THAT(report.details["compile_error"].get<std::string>(), HasSubstr("/no/such/python"));
}

TEST_F(TorchInductor, SaysThatNothingWasLeft) {
  use("exit 0\n");
  EXPECT_THAT(run(options).details["compile_error"].get<std::string>(),
              HasSubstr("inductor left no package"));
}

TEST_F(TorchInductor, SurvivesAPythonThatSaysMuch) {
  use("head -c 300000 /dev/zero | tr '\\0' 'x' >&2; head -c 300000 /dev/zero; echo >&2; echo end >&2; exit "
      "1\n");
  EXPECT_THAT(run(options).details["compile_error"].get<std::string>(), HasSubstr("exit code 1: end"));
}

TEST_F(TorchInductor, IsCloseAndKeepsWhatItMade) {
  const char* python = std::getenv("MEDBENCH_TEST_PYTHON");
  if (python == nullptr)
    GTEST_SKIP() << "MEDBENCH_TEST_PYTHON names no Python with torch " MEDBENCH_TORCH_VERSION;
  ::setenv("MEDBENCH_PYTHON", python, 1);
  const EngineReport made = run(options);
  EXPECT_EQ(made.details["compiled"], true) << made.details.dump();
  EXPECT_EQ(made.details["compiler"], "inductor");
  EXPECT_EQ(made.details["inductor_cache"], "made");
  EXPECT_EQ(made.effective_precision, "fp32");
  EXPECT_EQ(files_left(), 1U);
  EXPECT_EQ(run(options).details["inductor_cache"], "hit");
  // A package that is broken is made again.
  const auto package = std::filesystem::directory_iterator(folder.path() / "inductor")->path();
  std::filesystem::resize_file(package, 100);
  EXPECT_EQ(run(options).details["inductor_cache"], "made");
}

TEST(PythonProgram, HoldsTheGraphAndItsWeights) {
  ir::GraphBuilder graph("g");
  const ir::ValueId x = graph.input("x", DType::F32, {ir::kBatch, 3, 7, 9});
  const ir::ValueId weight = graph.parameter("w", {4, 3, 1, 1});
  const ir::ValueId bias = graph.parameter("b", {4});
  const ir::ValueId y = graph.convolution(x, weight, bias, {.padding = {1, 2}});
  graph.output("y", graph.leaky_relu(graph.pad(y, {0, 0, 0, 1}, {0, 0, 2, 3}, 0.5), 0.2));
  const ir::Graph built = graph.build();
  const auto program = torch_backend::write_python(built, {{Axis::Batch, 2}}, true);
  EXPECT_THAT(program.text,
              HasSubstr("torch.convolution(v0, self.p1, self.p2, [1, 1], [1, 2], [1, 1], False, "
                        "[0, 0], 1)"));
  EXPECT_THAT(program.text, HasSubstr("F.pad(v3, [1, 3, 0, 2, 0, 0, 0, 0], value=float('0.5'))"));
  EXPECT_THAT(program.text, HasSubstr("F.leaky_relu(v4, 0.2)"));
  EXPECT_THAT(program.text, HasSubstr("torch.empty([2, 3, 7, 9], dtype=torch.float32, "
                                      "memory_format=torch.channels_last)"));
  ASSERT_EQ(program.weights.size(), 2U);
  EXPECT_EQ(program.weights[1].offset, 64U);  // behind 48 bytes
  EXPECT_EQ(program.weights_bytes, 128U);
  testing::MemoryParameters parameters{testing::random_parameters(built, 5)};
  std::string bytes;
  torch_backend::write_weights(built, parameters, program, [&](std::span<const std::byte> piece) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  });
  ASSERT_EQ(bytes.size(), 128U);
  const auto expected = parameters.read("b");
  EXPECT_EQ(bytes.substr(64, 16), std::string(reinterpret_cast<const char*>(expected.view.data.data()), 16));
}

}  // namespace
}  // namespace medbench
