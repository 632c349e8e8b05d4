// Errors, for tests: expectations, and what an action throws.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace medbench::testing {

// Runs `work`, which must throw an Error of this kind whose message is one line and holds `part`.
template <class Work>
void expect_error(ErrorKind kind, const std::string& part, Work work) {
  try {
    work();
    ADD_FAILURE() << "nothing was thrown; expected a message with: " << part;
  } catch (const Error& error) {
    EXPECT_EQ(to_string(error.kind()), to_string(kind));
    EXPECT_THAT(error.what(), ::testing::HasSubstr(part));
    EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("\n")));
  }
}

struct Thrown {
  ErrorKind kind = ErrorKind::Internal;
  std::string message;
};

// The Error that the action throws; any other exception goes on and fails the test.
template <class Action>
std::optional<Thrown> failure_of(Action&& action) {
  try {
    std::forward<Action>(action)();
  } catch (const Error& error) {
    return Thrown{error.kind(), error.what()};
  }
  return std::nullopt;
}

// "usage: message", or "no error".
template <class Action>
std::string failure_text(Action&& action) {
  const auto failure = failure_of(std::forward<Action>(action));
  return failure ? std::string(to_string(failure->kind)) + ": " + failure->message : "no error";
}

}  // namespace medbench::testing
