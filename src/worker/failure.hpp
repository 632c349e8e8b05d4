// From exceptions to typed failures.
#pragma once

#include <exception>

#include "job/events.hpp"

namespace medbench {

// Unsupported is unsupported; memory that ran out is out_of_memory; what the caller or this machine got wrong
// while the model was loaded or compiled is load_error; all else is failed. The message is one line.
ErrorEvent describe_failure(const std::exception_ptr& exception, Stage stage);

}  // namespace medbench
