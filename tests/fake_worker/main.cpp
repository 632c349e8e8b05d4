// The worker of the fake backend: what it does is scripted by the job.
#include "tests/fake_worker/fake_backend.hpp"
#include "tests/fake_worker/fake_clock.hpp"
#include "tests/fake_worker/fake_hooks.hpp"
#include "worker/worker_main.hpp"

int main(int argc, char** argv) {
  medbench::FakeClock clock;
  medbench::FakeBackend backend(clock);
  medbench::FakeHooks hooks(backend);
  return medbench::worker_main(argc, argv, backend, clock, hooks);
}
