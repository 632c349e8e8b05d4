#include "backend/torch/torch_backend.hpp"
#include "backend/torch/torch_library.hpp"
#include "measure/clock.hpp"
#include "worker/worker_main.hpp"

int main(int argc, char** argv) {
  medbench::torch_backend::switch_torch_library(argv);
  const auto backend = medbench::make_torch_backend();
  medbench::SteadyClock clock;
  return medbench::worker_main(argc, argv, *backend, clock);
}
