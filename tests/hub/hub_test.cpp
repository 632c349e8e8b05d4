#include "hub/hub.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/safetensors_builder.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::failure_text;
using ::testing::HasSubstr;
using testing::ScopedEnvironment;
using testing::TemporaryFolder;

class Hub : public ::testing::Test {
 protected:
  [[nodiscard]] std::string failure(std::string_view id) const {
    return failure_text([&] { static_cast<void>(find_in_hub_cache(id)); });
  }

  TemporaryFolder root;
  ScopedEnvironment cache{"HF_HUB_CACHE", root.path().string()};
};

TEST(HubCacheDirectory, FollowsTheVariablesInOrder) {
  const ScopedEnvironment home("HOME", "/home/u");
  const ScopedEnvironment xdg("XDG_CACHE_HOME", std::nullopt);
  const ScopedEnvironment hf_home("HF_HOME", std::nullopt);
  const ScopedEnvironment cache("HF_HUB_CACHE", "");
  EXPECT_EQ(hub_cache_directory(), "/home/u/.cache/huggingface/hub");
  const ScopedEnvironment new_xdg("XDG_CACHE_HOME", "/x");
  EXPECT_EQ(hub_cache_directory(), "/x/huggingface/hub");
  const ScopedEnvironment new_home("HF_HOME", "~/hf");
  EXPECT_EQ(hub_cache_directory(), "/home/u/hf/hub");
  const ScopedEnvironment new_cache("HF_HUB_CACHE", "/c");
  EXPECT_EQ(hub_cache_directory(), "/c");
}

TEST(HubId, AllowsWhatTheHubAllows) {
  for (const std::string_view good : {"bert-base-cased", "org/name", "a.b/c_D-1.2", "x"})
    EXPECT_TRUE(is_hub_id(good)) << good;
  for (const std::string_view bad : {"", "/", "a/", "/a", "a/b/c", "../a", "a/..", ".a", "a-", "a--b", "a..b",
                                     "a b", "a/b\n", "\xC3\xA9"}) {
    EXPECT_FALSE(is_hub_id(bad)) << bad;
  }
  EXPECT_TRUE(is_hub_id(std::string(96, 'a')));
  EXPECT_FALSE(is_hub_id(std::string(97, 'a')));
}

TEST_F(Hub, FindsTheSnapshotOfMain) {
  root.write("models--org--name/refs/main", "abc123\n");
  root.write("models--org--name/snapshots/abc123/config.json", "{}");
  root.write("models--org--name/snapshots/fff/config.json", "{}");
  EXPECT_EQ(find_in_hub_cache("org/name"), root.path() / "models--org--name/snapshots/abc123");
  EXPECT_EQ(find_in_hub_cache("org/other"), std::nullopt);
  EXPECT_EQ(find_in_hub_cache("../org/name"), std::nullopt);
}

TEST_F(Hub, TakesTheOnlySnapshot) {
  root.write("models--name/snapshots/abc/config.json", "{}");
  EXPECT_EQ(find_in_hub_cache("name"), root.path() / "models--name/snapshots/abc");
  root.write("models--name/snapshots/def/config.json", "{}");
  EXPECT_THAT(failure("name"), HasSubstr("usage: "));
  EXPECT_THAT(failure("name"), HasSubstr("2 snapshots and no refs/main"));
}

TEST_F(Hub, AnEntryWithoutSnapshotsIsNotThere) {
  root.write("models--name/blobs/x", "");
  EXPECT_EQ(find_in_hub_cache("name"), std::nullopt);
}

TEST_F(Hub, ARefThatLeadsNowhereIsAnError) {
  for (const std::string_view ref : {"abc", "", "..", "../../..", "/etc", "."}) {
    root.write("models--name/refs/main", ref);
    root.write("models--name/snapshots/def/config.json", "{}");
    EXPECT_THAT(failure("name"), HasSubstr("usage: ")) << ref;
  }
  root.write("models--name/refs/main", std::string(1000, 'a'));
  EXPECT_THAT(failure("name"), HasSubstr("usage: "));
}

}  // namespace
}  // namespace medbench
