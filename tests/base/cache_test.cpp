#include "base/cache.hpp"

#include <gtest/gtest.h>

#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::ScopedEnvironment;

TEST(CacheFolder, IsBelowTheFirstThatIsNamed) {
  const ScopedEnvironment home("HOME", "/home/someone");
  {
    const ScopedEnvironment own("MEDBENCH_CACHE_DIR", "/scratch");
    EXPECT_EQ(cache_folder("part"), "/scratch/part");
  }
  const ScopedEnvironment own("MEDBENCH_CACHE_DIR", "");
  {
    const ScopedEnvironment xdg("XDG_CACHE_HOME", "/var/cache");
    EXPECT_EQ(cache_folder("part"), "/var/cache/medbench/part");
  }
  const ScopedEnvironment xdg("XDG_CACHE_HOME", std::nullopt);
  EXPECT_EQ(cache_folder("part"), "/home/someone/.cache/medbench/part");
  const ScopedEnvironment no_home("HOME", std::nullopt);
  testing::expect_error(ErrorKind::Environment, "MEDBENCH_CACHE_DIR", [] { cache_folder("part"); });
}

// As `xxhsum -H2` prints it.
TEST(ContentHash, IsXxh3) {
  ContentHash hash;
  hash.add("a");
  hash.add("bc");
  EXPECT_EQ(hash.hex(), "06b05ab6733a618578af5f94892f3950");
}

}  // namespace
}  // namespace medbench
