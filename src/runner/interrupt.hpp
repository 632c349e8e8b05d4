// Ctrl-C and its relatives: what is asked for by a signal is done at a safe place, by whoever polls.
#pragma once

#include <array>
#include <csignal>

namespace medbench {

// While it lives, SIGINT, SIGTERM and SIGHUP are counted in place of ending the program; a signal that was
// ignored before (nohup) stays ignored. The first asks for an orderly end, the second kills the worker at
// once, the third ends the program on the spot, in case nobody polls. One guard at a time, made by the thread
// that runs main(); throws Internal otherwise.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();  // restores the handlers and forgets what was counted
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

 private:
  std::array<struct sigaction, kSignals.size()> old_{};
};

// How often one of the signals came since the guard began; 0 without a guard.
int interrupt_count();
inline bool interrupted() {
  return interrupt_count() > 0;
}
// The first signal's number, 0 when there was none: the shell's convention for the exit code is 128 plus
// this.
int interrupt_signal();
// Readable from the first signal on, until the guard ends; -1 before the first guard.
int interrupt_fd();

}  // namespace medbench
