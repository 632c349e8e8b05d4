// Expectations on errors, for tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

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

}  // namespace medbench::testing
