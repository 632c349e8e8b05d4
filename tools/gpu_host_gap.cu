// What CUDA itself costs around a captured graph, without medbench: the host's clock around two events, a graph and
// the wait for the second event, less the time between the events. Compare it with latency_ms and device_latency_ms.
//   nvcc -O2 -arch=native -o gpu-host-gap gpu_host_gap.cu && ./gpu-host-gap
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>
#include <vector>

namespace {

constexpr int kBlocks = 132 * 8;
constexpr int kWarmups = 10;
constexpr int kIterations = 200;
constexpr int kRoundsPerMs = 53000;  // of an H100; the event time that is printed is what counts

__global__ void burn(float* out, int rounds) {
  float a = static_cast<float>(threadIdx.x);
  float b = 1.0001F;
  for (int i = 0; i < rounds; ++i) {
    a = a * b + 0.5F;
    b = b * a + 0.1F;
  }
  if (a == 1.2345F) *out = b;
}

void check(cudaError_t error) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "gpu-host-gap: %s\n", cudaGetErrorString(error));
  std::exit(1);
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

void measure(cudaStream_t stream, float* out, double ms) {
  cudaGraph_t graph;
  cudaGraphExec_t executable;
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
  burn<<<kBlocks, 256, 0, stream>>>(out, static_cast<int>(ms * kRoundsPerMs));
  check(cudaStreamEndCapture(stream, &graph));
  check(cudaGraphInstantiate(&executable, graph, 0));
  cudaEvent_t begin;
  cudaEvent_t end;
  check(cudaEventCreate(&begin));
  check(cudaEventCreate(&end));
  std::vector<double> events;
  std::vector<double> gaps;
  for (int i = 0; i < kWarmups + kIterations; ++i) {
    const auto before = std::chrono::steady_clock::now();
    check(cudaEventRecord(begin, stream));
    check(cudaGraphLaunch(executable, stream));
    check(cudaEventRecord(end, stream));
    check(cudaEventSynchronize(end));
    const std::chrono::duration<double, std::micro> host = std::chrono::steady_clock::now() - before;
    float elapsed = 0;
    check(cudaEventElapsedTime(&elapsed, begin, end));
    if (i < kWarmups) continue;
    events.push_back(elapsed);
    gaps.push_back(host.count() - elapsed * 1e3);
  }
  std::printf("event %8.4f ms, host - event %5.1f us\n", median(events), median(gaps));
}

}  // namespace

int main() {
  cudaStream_t stream;
  float* out = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  check(cudaMalloc(&out, sizeof(float)));
  for (const double ms : {0.4, 0.7, 2.0, 7.0, 14.0}) measure(stream, out, ms);
}
