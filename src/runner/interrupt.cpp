#include "runner/interrupt.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <unistd.h>

#include "base/descriptor.hpp"
#include "base/error.hpp"

namespace medbench {

namespace {

constexpr int kSignalsUntilExit = 3;

// Shared with the handler, so lock-free and never destroyed.
std::atomic<int> g_count{0};
std::atomic<int> g_first{0};
std::atomic<int> g_reader{-1};
std::atomic<int> g_writer{-1};
std::atomic<bool> g_guarded{false};
static_assert(std::atomic<int>::is_always_lock_free);

// Only async-signal-safe calls.
void on_signal(int number) {
  const int saved_errno = errno;
  int none = 0;
  g_first.compare_exchange_strong(none, number);
  if (g_count.fetch_add(1) + 1 >= kSignalsUntilExit) _exit(128 + number);
  const char byte = 1;
  // A full pipe is readable already.
  if (write(g_writer.load(), &byte, 1) < 0) errno = saved_errno;
  errno = saved_errno;
}

// One pipe for the life of the program: a handler that is still running on another thread must find it open.
void open_wakeup_pipe() {
  if (g_reader.load() >= 0) return;
  static Pipe pipe = make_pipe();
  set_nonblocking(pipe.reader.get());
  set_nonblocking(pipe.writer.get());
  g_reader = pipe.reader.get();
  g_writer = pipe.writer.get();
}

void forget() {
  std::array<char, 64> buffer{};
  while (read_some(g_reader.load(), buffer).value_or(0) > 0) {
  }
  g_count = 0;
  g_first = 0;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  if (g_guarded.exchange(true))
    throw internal_error("a second interrupt guard was made while the first lives");
  open_wakeup_pipe();
  forget();
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(kSignals[i], nullptr, &old_[i]);
    if (old_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &old_[i], nullptr);
  forget();
  g_guarded = false;
}

int interrupt_count() {
  return g_count.load();
}
int interrupt_signal() {
  return g_first.load();
}
int interrupt_fd() {
  return g_reader.load();
}

}  // namespace medbench
