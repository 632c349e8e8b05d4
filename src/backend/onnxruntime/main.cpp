#include "backend/onnxruntime/onnxruntime_backend.hpp"
#include "measure/clock.hpp"
#include "worker/worker_main.hpp"

int main(int argc, char** argv) {
  const auto backend = medbench::make_onnxruntime_backend();
  medbench::SteadyClock clock;
  return medbench::worker_main(argc, argv, *backend, clock);
}
