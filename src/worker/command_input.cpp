#include "worker/command_input.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"
#include "job/events.hpp"

namespace medbench {

namespace {

constexpr std::size_t kLongestJob = std::size_t{16} << 20;
constexpr std::string_view kPassInputOn =
    "a launcher must pass it on: ssh without -n, srun --input=all, docker run -i, kubectl exec -i";

}  // namespace

bool CommandInput::read_more() {
  std::array<char, 65536> block{};
  while (true) {
    const ssize_t count = read(fd_, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      throw usage_error("a worker reads its job on standard input, which cannot be read; {}", kPassInputOn);
    buffer_.append(block.data(), static_cast<std::size_t>(count));
    if (buffer_.size() > kLongestJob)
      throw usage_error("the job on standard input is longer than {} bytes", kLongestJob);
    return count > 0;
  }
}

std::string CommandInput::take_line() {
  const std::size_t end = buffer_.find('\n');
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end == std::string::npos ? end : end + 1);
  return line;
}

Job CommandInput::read_job() {
  constexpr const char* kOrigin = "job on standard input";
  bool looked = false;
  while (true) {
    const std::size_t end = buffer_.find('\n');
    if (end != std::string::npos && !looked) {
      looked = true;
      // Whoever takes turns sends one line and keeps the stream open; JSON written by hand has many lines.
      if (Json::accept(buffer_.substr(0, end))) return job_from_json(parse_json(take_line(), kOrigin));
    }
    if (!read_more()) break;
  }
  const std::string text = std::exchange(buffer_, {});
  if (text.empty())
    throw usage_error("no job came on standard input, where a worker reads it; {}", kPassInputOn);
  return job_from_json(parse_json(text, kOrigin));
}

bool CommandInput::may_go_on() {
  while (buffer_.find('\n') == std::string::npos) {
    if (!read_more()) return false;
  }
  return take_line() == kGoOn;
}

}  // namespace medbench
