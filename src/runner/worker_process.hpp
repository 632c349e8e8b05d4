// One worker as the runner sees it: fed, listened to, and stopped.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/subprocess.hpp"
#include "runner/output.hpp"
#include "runner/runner.hpp"

namespace medbench {

// The worker's path under `libexec`.
std::filesystem::path worker_path(const std::string& backend, const WorkerOptions& options);

class WorkerProcess {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Wake { Output, Exited, Deadline, Interrupted };
  enum class Input { Closes, StaysOpen };  // after what is fed first

  // Starts `[launcher ...] worker-<backend> <command>` and feeds it `input`. Throws SpawnError.
  WorkerProcess(const std::string& backend, const std::string& command, std::string input,
                const WorkerOptions& options, Input after = Input::Closes);

  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  // More for an input that stays open; it goes out during the next wait().
  void send(std::string_view more) { input_.append(more); }
  void close_input() { after_ = Input::Closes; }
  // wait() goes on although the program was interrupted, until that happens once more.
  void forgive_interruption();

  // Blocks until the worker has written (the bytes are appended to `output`), has ended and all that it wrote
  // was handed out, the deadline has passed or the program was interrupted.
  Wake wait(Clock::time_point deadline, std::string& output);

  // After Wake::Exited: how it ended.
  ExitStatus exit_status() { return process_.finish(); }
  // SIGTERM, then SIGKILL after `grace` or a second interruption. What it still writes is dropped, except on
  // standard error.
  void stop(std::chrono::milliseconds grace);

  [[nodiscard]] std::string stderr_tail() const { return tail_.lines(); }

 private:
  void feed();
  static std::size_t collect(UniqueFd& pipe, std::string& bytes);
  void collect_errors(int most_chunks);
  void sleep_until_something(Clock::time_point deadline);

  Subprocess process_;
  std::string input_;
  std::size_t fed_ = 0;
  Input after_;
  int forgiven_ = 0;  // interruptions
  TailBuffer tail_{4096};
};

}  // namespace medbench
