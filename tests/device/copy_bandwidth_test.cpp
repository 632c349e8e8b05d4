#include "device/copy_bandwidth.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

#include "tests/support/errors.hpp"

namespace medbench::device {
namespace {

constexpr std::size_t kMillionBytes = 1'000'000;

TEST(CopyBandwidth, CountsWhatIsReadAndWrittenInTheFastestCopy) {
  ::setenv("MEDBENCH_FAKE_CUDA", "13000 1 0", 1);
  EXPECT_DOUBLE_EQ(copy_gb_per_s(0, kMillionBytes, MEDBENCH_FAKE_CUDA_LIBRARY), 2);  // 2 MB in 1 ms
}

TEST(CopyBandwidth, SaysWhatTheDriverSays) {
  ::setenv("MEDBENCH_FAKE_CUDA", "13000 1 0", 1);
  testing::expect_error(ErrorKind::Runtime, "cuMemAlloc: CUDA error 2",
                        [] { (void)copy_gb_per_s(0, std::size_t{3} << 30U, MEDBENCH_FAKE_CUDA_LIBRARY); });
  EXPECT_DOUBLE_EQ(copy_gb_per_s(0, kMillionBytes, MEDBENCH_FAKE_CUDA_LIBRARY),
                   2);  // nothing was left behind
}

TEST(CopyBandwidth, NeedsADriver) {
  testing::expect_error(ErrorKind::Environment, "copies on the card cannot be timed",
                        [] { (void)copy_gb_per_s(0, kMillionBytes, "libno-such-driver.so"); });
}

}  // namespace
}  // namespace medbench::device
