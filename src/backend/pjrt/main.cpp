#include "backend/pjrt/pjrt_backend.hpp"
#include "measure/clock.hpp"
#include "worker/worker_main.hpp"

int main(int argc, char** argv) {
  // The same program is built for each name that the backend goes by.
  const auto backend = medbench::make_pjrt_backend(MEDBENCH_PJRT_BACKEND);
  medbench::SteadyClock clock;
  return medbench::worker_main(argc, argv, *backend, clock);
}
