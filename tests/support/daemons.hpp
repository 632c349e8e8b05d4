// Servers that a test starts for itself, and workers that must not outlive what started them.
#pragma once

#include <arpa/inet.h>
#include <chrono>
#include <filesystem>
#include <fmt/core.h>
#include <functional>
#include <netinet/in.h>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "machine/proc_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::testing {

// Of the loopback, free a moment ago.
inline int free_port() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), any, size) != 0 || ::getsockname(fd.get(), any, &size) != 0)
    throw std::runtime_error("no port is free");
  return ntohs(address.sin_port);
}

inline bool comes_true(const std::function<bool()>& condition, std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return true;
}

// The path of a program, also of those for administrators; empty where there is none.
inline std::string find_program(const std::string& name) {
  for (const char* folder : {"/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/sbin", "/bin"}) {
    auto path = std::filesystem::path(folder) / name;
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return {};
}

// Ends with the test. What it prints goes to a file, which nobody has to read.
class Daemon {
 public:
  Daemon(const std::vector<std::string>& command, const std::filesystem::path& log)
      : process_({.argv = logged(command, log), .environment = {}}) {}
  ~Daemon() { process_.terminate(std::chrono::seconds{5}); }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  [[nodiscard]] bool has_ended() const { return process_.has_exited(); }

 private:
  static std::vector<std::string> logged(const std::vector<std::string>& command,
                                         const std::filesystem::path& log) {
    std::vector<std::string> words{"/bin/sh", "-c", "exec \"$@\" > '" + log.string() + "' 2>&1", "sh"};
    words.insert(words.end(), command.begin(), command.end());
    return words;
  }

  Subprocess process_;
};

// Processes whose numbers are in a file, a line each, that still run.
inline std::vector<std::string> running_of(const std::filesystem::path& file) {
  std::vector<std::string> running;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return running;
  std::istringstream lines(read_text_file(file));
  for (std::string pid; std::getline(lines, pid);) {
    const std::string stat = read_proc_file("/proc/" + pid + "/stat");
    if (!stat.empty() && stat.find(") Z ") == std::string::npos) running.push_back(pid);
  }
  return running;
}

}  // namespace medbench::testing
