#include "worker/failure.hpp"

#include <cstddef>
#include <new>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "machine/memory_limits.hpp"

namespace medbench {

namespace {

constexpr std::size_t kLongestMessage = 2000;

ErrorEvent make(Status status, std::string_view kind, Stage stage, std::string_view message) {
  return {.status = status,
          .failure = {.kind = std::string(kind),
                      .stage = stage,
                      .message = printable(message, kLongestMessage),
                      .stderr_tail = {}}};
}

Status status_of(ErrorKind kind, Stage stage) {
  const bool loading = stage == Stage::Load || stage == Stage::Compile;
  switch (kind) {
    case ErrorKind::Unsupported:
      return Status::Unsupported;
    case ErrorKind::Usage:
    case ErrorKind::Environment:
      return loading ? Status::LoadError : Status::Failed;
    case ErrorKind::Runtime:
    case ErrorKind::Internal:
      return Status::Failed;
  }
  return Status::Failed;
}

ErrorEvent out_of_memory(Stage stage, std::string_view words = {}) {
  std::string message =
      "memory ran out: use a smaller batch, a shorter sequence or a machine with more memory" +
      address_space_hint();
  if (!words.empty()) message.append("; it says: ").append(words);
  return make(Status::OutOfMemory, to_string(ErrorKind::Runtime), stage, message);
}

// Runtimes have exceptions of their own for it.
bool ran_out_of_memory(const Error& error) {
  const bool may_be = error.kind() == ErrorKind::Runtime || error.kind() == ErrorKind::Environment;
  return may_be && tells_of_no_memory(error.what());
}

}  // namespace

ErrorEvent describe_failure(const std::exception_ptr& exception, Stage stage) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    if (ran_out_of_memory(error)) return out_of_memory(stage, error.what());
    return make(status_of(error.kind(), stage), to_string(error.kind()), stage, error.what());
  } catch (const std::bad_alloc&) {
    return out_of_memory(stage);
  } catch (const std::exception& error) {
    if (tells_of_no_memory(error.what())) return out_of_memory(stage, error.what());
    return make(Status::Failed, to_string(ErrorKind::Runtime), stage, error.what());
  } catch (...) {
    return make(Status::Failed, to_string(ErrorKind::Internal), stage,
                "something was thrown that is not an exception");
  }
}

}  // namespace medbench
