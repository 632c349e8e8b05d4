#include "medbench/output.hpp"

#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <system_error>

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::size_t kLongestLine = 2000;  // bytes

void print_line(std::string_view prefix, std::string_view message) {
  const std::string line = fmt::format("{}{}\n", prefix, printable(message, kLongestLine));
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

void print_output(std::string_view text) {
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) {
    throw environment_error("cannot write to standard output: {}", std::generic_category().message(errno));
  }
}

void print_error(std::string_view message) {
  print_line("medbench: error: ", message);
}

void print_information(std::string_view message) {
  print_line("medbench: ", message);
}

}  // namespace medbench
