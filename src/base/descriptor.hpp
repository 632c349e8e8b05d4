// File descriptors that close themselves, and pipes that never block and never kill the program.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace medbench {

class UniqueFd {
 public:
  explicit UniqueFd(int fd = -1) noexcept : fd_(fd) {}
  ~UniqueFd() { reset(); }
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
  void reset(int fd = -1) noexcept;
  // Gives it up unclosed, for a caller who wants to know how the closing went.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
};

// How many this process may open beside those that it has (`ulimit -n`).
std::size_t spare_descriptors();

// Closed on exec, and never one of the descriptors 0, 1 and 2, even where the program was started without
// them. Throws Environment when no descriptor is left.
Pipe make_pipe();

void set_nonblocking(int fd);

// Bytes read, 0 when there is nothing right now; no value at the end of the stream.
std::optional<std::size_t> read_some(int fd, std::span<char> buffer);
// Bytes taken, 0 when the pipe is full; no value when nobody reads it any more. Raises no SIGPIPE.
std::optional<std::size_t> write_some(int fd, std::string_view data);

}  // namespace medbench
