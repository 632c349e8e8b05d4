#include "tests/conformance/allocations.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <new>
#include <thread>

namespace medbench::conformance {
namespace {

TEST(Allocations, AreCountedHoweverTheyAreMade) {
  const Allocations made = count_allocations([] {
    std::free(std::malloc(10));
    std::free(std::calloc(4, 25));
    ::operator delete(::operator new(20));
    constexpr std::align_val_t kAlignment{64};
    ::operator delete[](::operator new[](5000, kAlignment), kAlignment);
    void* block = nullptr;
    EXPECT_EQ(::posix_memalign(&block, 64, 300), 0);
    std::free(block);
  });
  EXPECT_EQ(made.count, 5);
  EXPECT_GE(made.largest, 5000);
  EXPECT_LE(made.largest, 5064) << "a sanitizer may round up";
}

TEST(Allocations, OfOtherThreadsAreCounted) {
  const Allocations made =
      count_allocations([] { std::thread([] { ::operator delete(::operator new(1 << 20)); }).join(); });
  EXPECT_GE(made.largest, 1 << 20);
}

TEST(Allocations, AreThoseOfTheWorkAlone) {
  ::operator delete(::operator new(1 << 20));
  const Allocations made = count_allocations([] {});
  ::operator delete(::operator new(1 << 20));
  EXPECT_EQ(made.count, 0);
  EXPECT_EQ(made.largest, 0);
}

}  // namespace
}  // namespace medbench::conformance
