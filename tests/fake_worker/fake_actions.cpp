#include "tests/fake_worker/fake_actions.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fmt/core.h>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/error.hpp"
#include "machine/memory.hpp"
#include "worker/event_writer.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOrigin = "script of the fake worker";
constexpr std::size_t kMiB = std::size_t{1} << 20;

struct ActionName {
  std::string_view name;
  ActionKind kind;
};
constexpr std::array kActionNames{
    ActionName{"signal", ActionKind::Signal},
    ActionName{"hang", ActionKind::Hang},
    ActionName{"exit", ActionKind::Exit},
    ActionName{"throw", ActionKind::Throw},
    ActionName{"out_of_memory", ActionKind::OutOfMemory},
    ActionName{"flood_events", ActionKind::FloodEvents},
    ActionName{"flood_stdout", ActionKind::FloodStdout},
    ActionName{"flood_stderr", ActionKind::FloodStderr},
    ActionName{"write", ActionKind::Write},
    ActionName{"print", ActionKind::Print},
};

[[noreturn]] void die_by(int number) {
  // A sanitizer's handler would turn the signal into an exit code.
  std::signal(number, SIG_DFL);
  std::raise(number);
  std::_Exit(99);
}

[[noreturn]] void hang(bool ignore_sigterm) {
  if (ignore_sigterm) std::signal(SIGTERM, SIG_IGN);
  while (true) std::this_thread::sleep_for(std::chrono::seconds{1});
}

[[noreturn]] void throw_error(const Action& action) {
  for (const auto kind : {ErrorKind::Usage, ErrorKind::Unsupported, ErrorKind::Environment,
                          ErrorKind::Runtime, ErrorKind::Internal}) {
    if (to_string(kind) == action.error_kind) throw Error(kind, action.text);
  }
  throw std::runtime_error(action.text);
}

[[noreturn]] void run_out_of_memory(std::int64_t allowance_mb) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  // The sanitizers reserve so much address space that no limit on it can be set.
  static_cast<void>(allowance_mb);
  throw std::bad_alloc();
#else
  const auto limit = static_cast<rlim_t>(read_memory().vms_mb + static_cast<double>(allowance_mb)) * kMiB;
  const rlimit limits{limit, limit};
  if (setrlimit(RLIMIT_AS, &limits) != 0) throw environment_error("the limit of memory could not be set");
  std::vector<std::unique_ptr<char[]>> blocks;
  while (true) {
    blocks.push_back(std::make_unique<char[]>(kMiB));
  }
#endif
}

[[noreturn]] void flood_events(EventWriter& events) {
  for (std::int64_t i = 1;; ++i) events.send(ProgressEvent{.stage = Stage::Run, .done = i, .latency_ms = 1});
}

[[noreturn]] void flood_stdout(EventWriter& events) {
  const std::string block(65536, 'x');
  while (true) events.send_raw(block);
}

void flood_stderr(std::int64_t lines) {
  for (std::int64_t i = 1; i <= lines; ++i) fmt::print(stderr, "line {} of many on standard error\n", i);
}

void print(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = write(STDOUT_FILENO, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    done += static_cast<std::size_t>(count);
  }
}

}  // namespace

Action action_from_json(const Json& json) {
  if (!json.is_object()) throw usage_error("{}: an action must be an object", kOrigin);
  Action action;
  const std::string name = get_string(json, "do", kOrigin);
  std::optional<ActionKind> kind;
  for (const auto& row : kActionNames) {
    if (row.name == name) kind = row.kind;
  }
  if (!kind) throw usage_error("{}: unknown action \"{}\"", kOrigin, printable(name));
  action.kind = *kind;
  action.number = find_int(json, *kind == ActionKind::Exit ? "code" : "number", kOrigin).value_or(0);
  action.text = find_string(json, "text", kOrigin).value_or("");
  action.error_kind = find_string(json, "kind", kOrigin).value_or("");
  action.ignore_sigterm = find_bool(json, "ignore_sigterm", kOrigin).value_or(false);
  return action;
}

void carry_out(const Action& action, EventWriter& events) {
  switch (action.kind) {
    case ActionKind::Signal:
      die_by(static_cast<int>(action.number));
    case ActionKind::Hang:
      hang(action.ignore_sigterm);
    case ActionKind::Exit:
      std::_Exit(static_cast<int>(action.number));
    case ActionKind::Throw:
      throw_error(action);
    case ActionKind::OutOfMemory:
      run_out_of_memory(action.number);
    case ActionKind::FloodEvents:
      flood_events(events);
    case ActionKind::FloodStdout:
      flood_stdout(events);
    case ActionKind::FloodStderr:
      flood_stderr(action.number);
      return;
    case ActionKind::Write:
      events.send_raw(action.text);
      return;
    case ActionKind::Print:
      print(action.text);
      return;
  }
}

}  // namespace medbench
