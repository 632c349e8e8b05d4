#include "runner/worker_process.hpp"

#include <algorithm>
#include <array>
#include <poll.h>
#include <unistd.h>

#include "machine/relatives.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kChunk = 65536;  // bytes read at a time: what a pipe holds unless it was made larger
constexpr int kChunksOfFullPipe = 16;  // of the largest pipe that the kernel allows by default
constexpr milliseconds kTick{20};      // between two looks at what cannot wake us
constexpr milliseconds kLongestSleep{60'000};  // far deadlines overflow poll's int

ProcessOptions command_line(const std::string& backend, const std::string& command,
                            const WorkerOptions& options) {
  ProcessOptions process;
  process.argv = options.launcher;
  process.argv.push_back(worker_path(backend, options).string());
  process.argv.push_back(command);
  process.environment.emplace_back(kRunnerVariable, std::to_string(getpid()));
  return process;
}

}  // namespace

std::filesystem::path worker_path(const std::string& backend, const WorkerOptions& options) {
  // Never a bare name, which would be looked up in PATH.
  return (options.libexec.empty() ? "." : options.libexec) / ("worker-" + backend);
}

WorkerProcess::WorkerProcess(const std::string& backend, const std::string& command, std::string input,
                             const WorkerOptions& options, Input after)
    : process_(command_line(backend, command, options)), input_(std::move(input)), after_(after) {}

void WorkerProcess::forgive_interruption() {
  forgiven_ = interrupt_count();
}

void WorkerProcess::feed() {
  UniqueFd& pipe = process_.input();
  while (pipe && fed_ < input_.size()) {
    const auto taken = write_some(pipe.get(), std::string_view(input_).substr(fed_));
    if (!taken) {
      pipe.reset();  // it does not want to hear the rest; what it says in the end decides
      return;
    }
    if (*taken == 0) return;
    fed_ += *taken;
  }
  if (after_ == Input::Closes) pipe.reset();
}

std::size_t WorkerProcess::collect(UniqueFd& pipe, std::string& bytes) {
  if (!pipe) return 0;
  std::array<char, kChunk> buffer;
  const auto count = read_some(pipe.get(), buffer);
  if (!count) pipe.reset();
  bytes.append(buffer.data(), count.value_or(0));
  return count.value_or(0);
}

void WorkerProcess::collect_errors(int most_chunks) {
  std::string bytes;
  for (int i = 0; i < most_chunks && collect(process_.error(), bytes) > 0; ++i) {
    tail_.append(bytes);
    bytes.clear();
  }
}

void WorkerProcess::sleep_until_something(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  // A forgiven interruption stays readable, so that the next one cannot wake us.
  const bool is_woken = process_.exit_fd() >= 0 && forgiven_ == 0;
  const milliseconds longest = is_woken ? kLongestSleep : kTick;
  const int feeding = fed_ < input_.size() ? process_.input().get() : -1;
  // poll() skips negative descriptors.
  std::array<pollfd, 5> fds{pollfd{feeding, POLLOUT, 0}, pollfd{process_.output().get(), POLLIN, 0},
                            pollfd{process_.error().get(), POLLIN, 0}, pollfd{process_.exit_fd(), POLLIN, 0},
                            pollfd{forgiven_ == 0 ? interrupt_fd() : -1, POLLIN, 0}};
  poll(fds.data(), fds.size(), static_cast<int>(std::clamp(left, milliseconds{0}, longest).count()));
}

WorkerProcess::Wake WorkerProcess::wait(Clock::time_point deadline, std::string& output) {
  while (true) {
    if (interrupt_count() > forgiven_) return Wake::Interrupted;
    // Asked before reading, so that nothing written before the end is missed.
    const bool exited = process_.has_exited();
    if (exited) process_.signal_group(SIGKILL);  // grandchildren that would go on holding the pipes
    feed();
    collect_errors(exited ? kChunksOfFullPipe : 1);
    if (collect(process_.output(), output) > 0) return Wake::Output;
    if (exited) return Wake::Exited;
    if (Clock::now() >= deadline) return Wake::Deadline;
    sleep_until_something(deadline);
  }
}

void WorkerProcess::stop(milliseconds grace) {
  std::string dropped;
  process_.terminate(grace, [&] {
    collect_errors(1);
    collect(process_.output(), dropped);
    dropped.clear();
    return interrupt_count() < 2;
  });
  collect_errors(kChunksOfFullPipe);
}

}  // namespace medbench
