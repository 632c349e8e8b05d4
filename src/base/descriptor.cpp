#include "base/descriptor.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

#include "base/error.hpp"
#include "base/sigpipe_shield.hpp"

namespace medbench {

namespace {

bool nothing_right_now() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

UniqueFd above_standard_streams(UniqueFd fd) {
  if (fd.get() > STDERR_FILENO) return fd;
  UniqueFd moved(fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!moved) throw environment_error("cannot open a pipe: {}", std::generic_category().message(errno));
  return moved;
}

}  // namespace

void UniqueFd::reset(int fd) noexcept {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

std::size_t spare_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  std::error_code error;  // such as that none is left
  const std::filesystem::directory_iterator listed("/proc/self/fd", error);
  if (error) return 0;
  const auto open = static_cast<rlim_t>(std::distance(listed, {}));
  return limit.rlim_cur > open ? limit.rlim_cur - open : 0;
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw environment_error("cannot open a pipe: {}", std::generic_category().message(errno));
  }
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  return {above_standard_streams(std::move(reader)), above_standard_streams(std::move(writer))};
}

void set_nonblocking(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

std::optional<std::size_t> read_some(int fd, std::span<char> buffer) {
  ssize_t count = 0;
  do {
    count = read(fd, buffer.data(), buffer.size());
  } while (count < 0 && errno == EINTR);
  if (count > 0) return static_cast<std::size_t>(count);
  if (count < 0 && nothing_right_now()) return 0;
  return std::nullopt;
}

std::optional<std::size_t> write_some(int fd, std::string_view data) {
  ssize_t count = 0;
  int code = 0;
  {
    const SigpipeShield shield;
    do {
      count = write(fd, data.data(), data.size());
    } while (count < 0 && errno == EINTR);
    code = errno;
  }
  if (count >= 0) return static_cast<std::size_t>(count);
  errno = code;
  if (nothing_right_now()) return 0;
  return std::nullopt;
}

}  // namespace medbench
