// In place of a worker: takes all address space that a limit leaves, and then wants more, as runtimes do, in
// the way that its argument says, or by an allocation. Built without sanitizers, which want more of it than
// there is under any limit.
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/mman.h>
#include <thread>
#include <vector>

namespace {

void take_all() {
  constexpr std::size_t kPage = 4096;
  std::size_t size = std::size_t{1} << 46U;
  while (size >= kPage) {
    constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    if (::mmap(nullptr, size, PROT_NONE, kFlags, -1, 0) == MAP_FAILED) size /= 2;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view how = argc > 1 ? argv[1] : "";
  std::puts(R"({"event":"stage","stage":"run"})");
  std::fflush(stdout);
  take_all();
  constexpr std::size_t kMuch = std::size_t{1} << 24U;
  if (how == "starts a thread") std::thread([] {}).join();
  if (how == "does not look") {
    auto* const memory = static_cast<volatile char*>(std::malloc(kMuch));
    memory[kMuch / 2] = 'x';
    std::free(const_cast<char*>(memory));
  }
  return std::vector<char>(kMuch, 'x').back();
}
