// Runs a program to its end and keeps what it printed.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "base/subprocess.hpp"

namespace medbench::testing {

struct ProgramOutput {
  ExitStatus status;
  std::string out;
  std::string err;
};

// `watch` sees what was printed so far and the process whenever more comes, for tests that send signals.
// Throws when the program has not ended after `limit`.
inline ProgramOutput run_program(
    const ProcessOptions& options,
    const std::function<void(const ProgramOutput&, const Subprocess&)>& watch = {},
    std::chrono::seconds limit = std::chrono::seconds{60}) {
  Subprocess process(options);
  process.input().reset();
  ProgramOutput output;
  std::array<std::pair<UniqueFd*, std::string*>, 2> streams{
      {{&process.output(), &output.out}, {&process.error(), &output.err}}};
  const auto deadline = std::chrono::steady_clock::now() + limit;
  std::array<char, 65536> buffer{};
  while (process.output() || process.error()) {
    std::array<pollfd, 2> polled{};
    for (std::size_t i = 0; i < streams.size(); ++i) polled.at(i) = {streams.at(i).first->get(), POLLIN, 0};
    constexpr int kPollMs = 100;
    ::poll(polled.data(), polled.size(), kPollMs);
    for (const auto& [fd, text] : streams) {
      if (!*fd) continue;
      const auto count = read_some(fd->get(), buffer);
      if (!count) fd->reset();
      if (count && *count > 0) text->append(buffer.data(), *count);
    }
    if (watch) watch(output, process);
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("the program did not end: " + output.err);
    }
  }
  while (!process.has_exited() && std::chrono::steady_clock::now() < deadline) ::poll(nullptr, 0, 1);
  output.status = process.finish();
  return output;
}

}  // namespace medbench::testing
