// Golden files: what a renderer prints, kept as a file in tests/golden and compared byte for byte. With the
// environment variable MEDBENCH_ACCEPT_GOLDEN=1 (set by tools/accept-golden) the file is rewritten instead;
// read the diff before you commit it. The test binary carries the label golden.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/support/paths.hpp"

namespace medbench::testing {

// Of any file of the source folder, such as a page of the documentation.
inline void expect_golden_file(const std::filesystem::path& path, std::string_view actual) {
  const char* accept = std::getenv("MEDBENCH_ACCEPT_GOLDEN");
  if (accept != nullptr && std::string_view(accept) == "1") {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << actual;
    file.close();
    ASSERT_TRUE(file.good()) << "cannot write " << path;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file.is_open()) << path << " is missing; run tools/accept-golden and read it";
  std::ostringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(actual, expected.view()) << "differs from " << path
                                     << "; if that is intended, run tools/accept-golden";
}

inline void expect_golden(std::string_view name, std::string_view actual) {
  expect_golden_file(source_folder() / "tests" / "golden" / name, actual);
}

}  // namespace medbench::testing
