#include "base/subprocess.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.hpp"

namespace medbench {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kDescriptors = 8;   // both ends of its streams, and of the pipe that tells of the exec
constexpr milliseconds kTick{10};         // between two looks at a child
constexpr milliseconds kKillLimit{5000};  // for SIGKILL to do its work

UniqueFd open_exit_fd(pid_t pid) {
#ifdef SYS_pidfd_open
  return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
#else
  static_cast<void>(pid);
  return UniqueFd();
#endif
}

ExitStatus decode(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return {ExitStatus::Kind::Exited, info.si_status};
  return {ExitStatus::Kind::Signalled, info.si_status};
}

}  // namespace

std::string signal_name(int number) {
  const char* name = sigabbrev_np(number);
  return name == nullptr ? fmt::format("signal {}", number) : fmt::format("SIG{}", name);
}

std::string to_string(const ExitStatus& status) {
  switch (status.kind) {
    case ExitStatus::Kind::Exited:
      return fmt::format("exit code {}", status.value);
    case ExitStatus::Kind::Signalled: {
      const char* meaning = sigdescr_np(status.value);
      return fmt::format("signal {} ({})", signal_name(status.value),
                         meaning == nullptr ? "unknown" : meaning);
    }
    case ExitStatus::Kind::Lost:
      break;
  }
  return "an unknown exit status";
}

Subprocess::Subprocess(const ProcessOptions& options) {
  if (spare_descriptors() < kDescriptors)
    throw SpawnError(EMFILE, "cannot start another program: too many open files");
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  pid_ = spawn_process(options, {in.reader.get(), out.writer.get(), err.writer.get()});
  exit_fd_ = open_exit_fd(pid_);
  input_ = std::move(in.writer);
  output_ = std::move(out.reader);
  error_ = std::move(err.reader);
  for (const UniqueFd* fd : {&input_, &output_, &error_}) set_nonblocking(fd->get());
}

Subprocess::~Subprocess() {
  finish();
}

bool Subprocess::has_exited() const {
  if (status_) return true;
  siginfo_t info{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return errno != EINTR;
  return info.si_pid != 0;
}

void Subprocess::signal_group(int number) const {
  if (!status_) kill(-pid_, number);
}

bool Subprocess::wait_for_exit(milliseconds limit, const std::function<bool()>& keep_waiting) const {
  const auto deadline = Clock::now() + limit;
  while (!has_exited()) {
    if (!keep_waiting() || Clock::now() >= deadline) return false;
    pollfd exit{exit_fd_.get(), POLLIN, 0};
    poll(&exit, 1, static_cast<int>(std::min(kTick, limit).count()));
  }
  return true;
}

ExitStatus Subprocess::finish() {
  if (status_) return *status_;
  signal_group(SIGKILL);
  ExitStatus status;
  if (wait_for_exit(kKillLimit, [] { return true; })) {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) == 0) status = decode(info);
  }
  status_ = status;
  return status;
}

ExitStatus Subprocess::terminate(milliseconds grace, const std::function<bool()>& keep_waiting) {
  signal_group(SIGTERM);
  signal_group(SIGCONT);  // a stopped process takes no SIGTERM
  wait_for_exit(grace, keep_waiting);
  return finish();
}

}  // namespace medbench
