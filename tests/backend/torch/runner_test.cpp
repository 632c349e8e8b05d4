#include "backend/torch/runner.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace medbench::torch_backend {
namespace {

class Refusing final : public CudaModule {
 public:
  std::unique_ptr<CapturedGraph> capture(const std::function<void()>& work) override {
    ++asked;
    work();
    TORCH_CHECK_WITH(OutOfMemoryError, !no_memory, "no memory");
    TORCH_CHECK(false, "operation not permitted\nwhen stream is capturing");
  }

  int asked = 0;
  bool no_memory = false;
};

class RunnerWithoutCapture : public ::testing::Test {
 protected:
  RunnerDevice device() {
    RunnerDevice device;
    device.cuda = &cuda;
    device.graphs = GraphMode::On;
    return device;
  }

  // y = x + 1
  static Program program() {
    Program program;
    program.constants.resize(2);
    program.inputs = {0};
    program.outputs = {{"y", 1}};
    program.steps.push_back({.call = [](Values& values) { values[1] = values[0] + 1; }, .dead = {}});
    return program;
  }

  static void prepare(Runner& runner, std::size_t slot) {
    runner.bind(slot);
    runner.set_input(slot, 0, at::full({2}, static_cast<double>(slot)));
    runner.make_ready(slot);
  }

  Refusing cuda;
};

TEST_F(RunnerWithoutCapture, RunsCallByCallAndSaysWhy) {
  Runner runner(program(), device());
  for (std::size_t slot = 0; slot < 2; ++slot) {
    prepare(runner, slot);
    runner.run(slot);
    EXPECT_EQ(runner.output(slot, 1)[0].item<double>(), static_cast<double>(slot) + 1);
  }
  EXPECT_EQ(cuda.asked, 1);
  EXPECT_EQ(runner.details()["cuda_graph"], "off");
  EXPECT_EQ(runner.details()["cuda_graph_error"], "operation not permitted");
}

TEST_F(RunnerWithoutCapture, FailsWhereAGraphWasAskedFor) {
  RunnerDevice asked = device();
  asked.must_capture = true;
  Runner runner(program(), asked);
  EXPECT_THROW(prepare(runner, 0), c10::Error);
}

TEST_F(RunnerWithoutCapture, FailsForWantOfMemory) {
  cuda.no_memory = true;
  Runner runner(program(), device());
  EXPECT_THROW(prepare(runner, 0), c10::OutOfMemoryError);
}

}  // namespace
}  // namespace medbench::torch_backend
