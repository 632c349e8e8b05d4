#include "base/user_path.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::ScopedEnvironment;

TEST(UserPath, TildeIsTheHomeFolder) {
  const ScopedEnvironment home("HOME", "/home/u");
  EXPECT_EQ(expand_user("~"), "/home/u");
  EXPECT_EQ(expand_user("~/x/y"), "/home/u/x/y");
  EXPECT_EQ(expand_user("x/~"), "x/~");
  EXPECT_EQ(expand_user("~no-such-user/x"), "~no-such-user/x");
  const ScopedEnvironment root("HOME", "/");
  EXPECT_EQ(expand_user("~/x"), "/x");
  EXPECT_EQ(expand_user("~"), "/");
}

TEST(UserPath, ThePasswordFileKnowsTheRest) {
  const passwd* entry = ::getpwuid(::getuid());
  if (entry == nullptr) GTEST_SKIP() << "this user is not in the password file";
  const ScopedEnvironment home("HOME", std::nullopt);
  EXPECT_EQ(home_folder(), entry->pw_dir);
  EXPECT_EQ(expand_user("~" + std::string(entry->pw_name) + "/x"), std::string(entry->pw_dir) + "/x");
}

TEST(UserPath, Variables) {
  const ScopedEnvironment a("MEDBENCH_A", "/a");
  const ScopedEnvironment unset("MEDBENCH_B", std::nullopt);
  EXPECT_EQ(expand_variables("$MEDBENCH_A/x${MEDBENCH_A}y$MEDBENCH_B/$/${MEDBENCH_B}${"),
            "/a/x/ay$MEDBENCH_B/$/${MEDBENCH_B}${");
}

}  // namespace
}  // namespace medbench
