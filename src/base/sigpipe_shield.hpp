// Writing to what nobody reads, without the signal.
#pragma once

#include <cerrno>
#include <csignal>
#include <ctime>

namespace medbench {

// Keeps SIGPIPE away from this thread while it lives, and swallows the one that a write has raised: the
// disposition of the whole process stays what its owner made it.
class SigpipeShield {
 public:
  SigpipeShield() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &old_mask_);
  }
  ~SigpipeShield() {
    if (!was_pending_) {
      const timespec no_wait{};
      while (sigtimedwait(&sigpipe_, nullptr, &no_wait) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
  }
  SigpipeShield(const SigpipeShield&) = delete;
  SigpipeShield& operator=(const SigpipeShield&) = delete;

 private:
  sigset_t sigpipe_{};
  sigset_t old_mask_{};
  bool was_pending_ = false;
};

}  // namespace medbench
