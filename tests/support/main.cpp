// The main function of every test binary.
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>

namespace {

constexpr int kAllSkipped = 77;  // ctest is told so

}  // namespace

int main(int argc, char** argv) {
  ::setenv("HF_HUB_OFFLINE", "1", 1);  // a test that wants a hub brings its own and takes this back
  ::testing::InitGoogleMock(&argc, argv);
  const int failed = RUN_ALL_TESTS();
  const ::testing::UnitTest& run = *::testing::UnitTest::GetInstance();
  if (failed != 0 || GTEST_FLAG_GET(list_tests)) return failed;
  if (run.test_to_run_count() == 0) {
    std::cerr << "no test ran: the filter matches none\n";
    return 1;
  }
  return run.skipped_test_count() == run.test_to_run_count() ? kAllSkipped : 0;
}
