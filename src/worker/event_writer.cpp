#include "worker/event_writer.hpp"

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include "base/error.hpp"

namespace medbench {

UniqueFd take_standard_output() {
  constexpr int kAboveStandardStreams = 3;
  UniqueFd events(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, kAboveStandardStreams));
  if (!events) throw environment_error("a worker answers on standard output, which is closed");
  if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    // Without a standard error there is no place for what a runtime prints.
    const UniqueFd nowhere(open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!nowhere || dup2(nowhere.get(), STDOUT_FILENO) < 0) {
      throw environment_error("standard error is closed and /dev/null cannot be opened");
    }
  }
  return events;
}

void EventWriter::send(const Event& event) {
  send_line(encode(event));
}

void EventWriter::send_line(std::string_view line) {
  std::string text(line);
  text += '\n';
  send_raw(text);
}

void EventWriter::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw ListenerGone();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace medbench
