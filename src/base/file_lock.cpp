#include "base/file_lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <system_error>
#include <thread>

namespace medbench {

FileLock::FileLock(const std::filesystem::path& file,
                   const std::function<bool(std::chrono::milliseconds)>& goes_on)
    : problem_(take(file, goes_on)) {}

std::string FileLock::take(const std::filesystem::path& file,
                           const std::function<bool(std::chrono::milliseconds)>& goes_on) {
  const auto reason = [] { return std::generic_category().message(errno); };
  fd_.reset(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  // Somebody else's, whose rights let the group read it: that is enough for a lock.
  if (!fd_ && errno == EACCES) fd_.reset(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd_) return reason();
  const auto begin = std::chrono::steady_clock::now();
  while (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return reason();
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    if (!goes_on(waited)) return fmt::format("another process has held it for {} s", waited.count() / 1000);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return {};
}

}  // namespace medbench
