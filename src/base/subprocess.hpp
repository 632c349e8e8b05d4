// Child processes: spawned with three pipes in a process group of their own, watched without blocking, and
// never left behind. It knows nothing of what the child does.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"
#include "base/error.hpp"

namespace medbench {

struct ExitStatus {
  enum class Kind {
    Exited,     // value is the exit code
    Signalled,  // value is the signal's number
    Lost,       // it could not be killed or somebody else reaped it
  };
  Kind kind = Kind::Lost;
  int value = 0;

  bool operator==(const ExitStatus&) const = default;
};

// "SIGSEGV"; "signal 40" where there is no name.
std::string signal_name(int number);
// "exit code 3", "signal SIGSEGV (Segmentation fault)"
std::string to_string(const ExitStatus& status);

// The program could not be started; kind Environment. `code` is the errno of the exec: ENOENT, EACCES,
// ENOEXEC ..., or EMFILE
class SpawnError : public Error {
 public:
  SpawnError(int code, const std::string& message) : Error(ErrorKind::Environment, message), code_(code) {}
  [[nodiscard]] int code() const noexcept { return code_; }

 private:
  int code_;
};

struct ProcessOptions {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH when it holds no slash
  std::vector<std::pair<std::string, std::string>>
      environment;  // added to, or in place of, this program's own
};

// Owned by one thread, which must outlive it: the kernel kills the child when that thread ends, so that a
// program that dies leaves no child behind. The destructor kills the whole group and reaps the child.
class Subprocess {
 public:
  explicit Subprocess(const ProcessOptions& options);  // throws SpawnError; Usage for an empty command
  ~Subprocess();
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  // Our ends of the pipes, non-blocking. Reset one to close it.
  [[nodiscard]] UniqueFd& input() { return input_; }
  [[nodiscard]] UniqueFd& output() { return output_; }
  [[nodiscard]] UniqueFd& error() { return error_; }
  // Becomes readable when the child ends; -1 on a kernel without pidfd, then poll has_exited() every few
  // milliseconds.
  [[nodiscard]] int exit_fd() const { return exit_fd_.get(); }

  // Does not reap: the process id, and with it the group's, stays ours until finish().
  [[nodiscard]] bool has_exited() const;
  void signal_group(int number) const;

  // Kills what is left of the group and reaps the child. Gives up on a child that even SIGKILL does not end
  // within seconds (stuck in a driver): Lost.
  ExitStatus finish();
  // SIGTERM to the group, then finish() as soon as the child has ended, `grace` is over or `keep_waiting`
  // (called every few milliseconds) says no.
  ExitStatus terminate(
      std::chrono::milliseconds grace, const std::function<bool()>& keep_waiting = [] { return true; });

 private:
  bool wait_for_exit(std::chrono::milliseconds limit, const std::function<bool()>& keep_waiting) const;

  pid_t pid_ = -1;
  UniqueFd input_;
  UniqueFd output_;
  UniqueFd error_;
  UniqueFd exit_fd_;
  std::optional<ExitStatus> status_;
};

}  // namespace medbench
