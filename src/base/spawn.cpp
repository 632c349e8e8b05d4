#include "base/spawn.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace medbench {

namespace {

struct ExecPlan {
  const char* program;
  char* const* argv;
  char* const* environment;
  ChildStreams streams;
  int report;  // takes the errno of a failed exec
  pid_t parent;
};

// Handlers end with the exec, but must not run between fork and exec: they would act on state shared with the
// parent.
void reset_signals() {
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) != 0) continue;
    if (action.sa_handler == SIG_DFL) continue;
    // What was ignored stays ignored (nohup), except SIGPIPE.
    if (action.sa_handler == SIG_IGN && number != SIGPIPE) continue;
    action = {};
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// The forked child. Only async-signal-safe calls: another thread of the parent may have held any lock at the
// fork.
[[noreturn]] void exec_child(const ExecPlan& plan) {
  setpgid(0, 0);
  reset_signals();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != plan.parent) _exit(127);  // the parent died before the line above
  if (dup2(plan.streams.input, STDIN_FILENO) >= 0 && dup2(plan.streams.output, STDOUT_FILENO) >= 0 &&
      dup2(plan.streams.error, STDERR_FILENO) >= 0) {
    execve(plan.program, plan.argv, plan.environment);
  }
  const int code = errno;
  // A pipe takes four bytes whole; when even that fails, the parent sees the exit code 127.
  if (write(plan.report, &code, sizeof code) < 0) _exit(127);
  _exit(127);
}

// Where execvp would look, without its habit of handing a file of an unknown format to the shell.
std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* value = std::getenv("PATH");
  const std::string path = value == nullptr ? "/usr/local/bin:/usr/bin:/bin" : value;
  int code = ENOENT;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const std::string folder = path.substr(begin, end - begin);
    std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    struct stat info {};
    if (stat(candidate.c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
      if (access(candidate.c_str(), X_OK) == 0) return candidate;
      code = EACCES;
    }
    begin = end + 1;
  }
  throw SpawnError(code, fmt::format("cannot start '{}': {} in PATH", printable(name),
                                     code == EACCES ? "not executable" : "not found"));
}

std::vector<std::string> merged_environment(const ProcessOptions& options) {
  std::vector<std::string> merged;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(options.environment.begin(), options.environment.end(),
                                      [&](const auto& item) { return item.first == name; });
    if (!replaced) merged.emplace_back(text);
  }
  for (const auto& [name, text] : options.environment) merged.push_back(fmt::format("{}={}", name, text));
  return merged;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

pid_t fork_child(const ExecPlan& plan) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) exec_child(plan);
  const int code = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = code;
  return pid;
}

std::string why(int code, const std::string& program) {
  if (code == ENOENT && access(program.c_str(), F_OK) == 0) return "its interpreter or loader is missing";
  return std::generic_category().message(code);
}

}  // namespace

pid_t spawn_process(const ProcessOptions& options, const ChildStreams& streams) {
  if (options.argv.empty() || options.argv.front().empty())
    throw usage_error("cannot start an empty command");
  const std::string program = find_program(options.argv.front());
  std::vector<std::string> arguments = options.argv;
  std::vector<std::string> environment = merged_environment(options);
  const std::vector<char*> argv = pointers_to(arguments);
  const std::vector<char*> envp = pointers_to(environment);
  Pipe report = make_pipe();
  const pid_t pid =
      fork_child({program.c_str(), argv.data(), envp.data(), streams, report.writer.get(), getpid()});
  if (pid < 0) {
    throw SpawnError(errno, fmt::format("cannot start '{}': {}", printable(program), why(errno, program)));
  }
  report.writer.reset();  // the exec closes the other copy
  int code = 0;
  ssize_t count = 0;
  do {
    count = read(report.reader.get(), &code, sizeof code);
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(sizeof code)) return pid;
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  throw SpawnError(code, fmt::format("cannot start '{}': {}", printable(program), why(code, program)));
}

}  // namespace medbench
