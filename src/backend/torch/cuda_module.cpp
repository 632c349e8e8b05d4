#include "backend/torch/cuda_module.hpp"

#include <ATen/cuda/CUDAGraph.h>

namespace medbench::torch_backend {

namespace {

class Graph final : public CapturedGraph {
 public:
  Graph(const std::function<void()>& work, std::shared_ptr<const c10::MempoolId_t> pool)
      : pool_(std::move(pool)) {
    graph_.capture_begin(*pool_);
    try {
      work();
    } catch (...) {
      end_quietly();
      throw;
    }
    graph_.capture_end();
  }

  void replay() override { graph_.replay(); }

 private:
  // A stream left in capture mode would fail everything after it.
  void end_quietly() {
    try {
      graph_.capture_end();
    } catch (const c10::Error&) {  // NOLINT(bugprone-empty-catch): the first error is the one to report
    }
  }

  std::shared_ptr<const c10::MempoolId_t> pool_;
  at::cuda::CUDAGraph graph_;
};

class Module final : public CudaModule {
 public:
  std::unique_ptr<CapturedGraph> capture(const std::function<void()>& work) override {
    auto pool = pool_.lock();
    if (!pool) pool = std::make_shared<const c10::MempoolId_t>(at::cuda::graph_pool_handle());
    pool_.reset();  // what fails half-way leaves its pool unusable
    auto graph = std::make_unique<Graph>(work, pool);
    pool_ = pool;
    return graph;
  }

 private:
  // A pool dies with the last graph that uses it.
  std::weak_ptr<const c10::MempoolId_t> pool_;
};

}  // namespace

}  // namespace medbench::torch_backend

// NOLINTNEXTLINE(misc-definitions-in-headers): the one symbol that the worker looks up
extern "C" __attribute__((visibility("default"))) medbench::torch_backend::CudaModule*
medbench_torch_cuda_module() {
  static medbench::torch_backend::Module module;
  return &module;
}
