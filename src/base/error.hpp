// Errors that cross a boundary: one exception class whose kind decides the exit code and the typed row. It
// knows nothing of jobs, models or runtimes.
#pragma once

#include <fmt/core.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace medbench {

enum class ErrorKind {
  Usage,        // the caller asked for something that makes no sense: flags, files, checkpoints, datasets
  Unsupported,  // it makes sense, but this backend, device or build cannot do it
  Environment,  // something that should be on this machine is missing or unusable
  Runtime,      // the work itself failed
  Internal,     // a defect of medbench
};

std::string_view to_string(ErrorKind kind);

// The message is one line: what was tried, what was wrong with it and where, and what to do about it. The
// subject, where it is known, is the thing that is wrong, such as a file or the name of a model; it begins
// the line, and whoever knows more about it (which option named it) may say so before it.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message, const std::string& subject = {})
      : std::runtime_error(subject.empty() ? message : subject + ": " + message),
        kind_(kind),
        message_(message),
        subject_(subject) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& subject() const noexcept { return subject_; }
  // The same error about a subject that is named better.
  [[nodiscard]] Error about(const std::string& subject) const { return {kind_, message_, subject}; }

 private:
  ErrorKind kind_;
  std::string message_;
  std::string subject_;
};

template <class... Args>
[[nodiscard]] Error usage_error(fmt::format_string<Args...> format, Args&&... args) {
  return {ErrorKind::Usage, fmt::format(format, std::forward<Args>(args)...)};
}

template <class... Args>
[[nodiscard]] Error unsupported_error(fmt::format_string<Args...> format, Args&&... args) {
  return {ErrorKind::Unsupported, fmt::format(format, std::forward<Args>(args)...)};
}

template <class... Args>
[[nodiscard]] Error environment_error(fmt::format_string<Args...> format, Args&&... args) {
  return {ErrorKind::Environment, fmt::format(format, std::forward<Args>(args)...)};
}

template <class... Args>
[[nodiscard]] Error runtime_failure(fmt::format_string<Args...> format, Args&&... args) {
  return {ErrorKind::Runtime, fmt::format(format, std::forward<Args>(args)...)};
}

template <class... Args>
[[nodiscard]] Error internal_error(fmt::format_string<Args...> format, Args&&... args) {
  return {ErrorKind::Internal, fmt::format(format, std::forward<Args>(args)...)};
}

// Makes text that came from outside (a file, a flag, a worker) safe to print on one line: control characters
// are escaped, invalid UTF-8 becomes U+FFFD, and what is longer than `limit` bytes is cut with an ellipsis.
std::string printable(std::string_view text, std::size_t limit = 200);

}  // namespace medbench
