#include "hub/cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/repository_cache.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ScopedEnvironment;
using testing::TemporaryFolder;

class Hub : public ::testing::Test {
 protected:
  [[nodiscard]] static CacheEntry found(std::string_view id) { return find_in_hub_cache(id).value(); }

  TemporaryFolder root;
  ScopedEnvironment cache{"HF_HUB_CACHE", root.path().string()};
};

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
  EXPECT_THAT(found("org/name").snapshots, ElementsAre(root.path() / "models--org--name/snapshots/abc123"));
  EXPECT_EQ(found("org/name").problem, "");
  EXPECT_FALSE(find_in_hub_cache("org/other").has_value());
  EXPECT_FALSE(find_in_hub_cache("../org/name").has_value());
}

TEST_F(Hub, TakesTheOnlySnapshot) {
  root.write("models--name/snapshots/abc/config.json", "{}");
  EXPECT_THAT(found("name").snapshots, ElementsAre(root.path() / "models--name/snapshots/abc"));
  EXPECT_EQ(found("name").problem, "");
  root.write("models--name/snapshots/def/config.json", "{}");
  EXPECT_EQ(found("name").snapshots.size(), 2U);
  EXPECT_THAT(found("name").problem, HasSubstr("2 snapshots and no refs/main"));
}

TEST_F(Hub, AnEntryWithoutSnapshotsIsNotThere) {
  root.write("models--name/blobs/x", "");
  EXPECT_FALSE(find_in_hub_cache("name").has_value());
}

TEST_F(Hub, ARefThatLeadsNowhereIsAProblem) {
  root.write("models--name/snapshots/def/config.json", "{}");
  for (const std::string_view ref : {"abc", "", "..", "../../..", "/etc", "."}) {
    root.write("models--name/refs/main", ref);
    EXPECT_THAT(found("name").problem, HasSubstr("refs/main")) << ref;
    EXPECT_THAT(found("name").snapshots, ElementsAre(root.path() / "models--name/snapshots/def")) << ref;
  }
  EXPECT_THAT(found("name").problem, HasSubstr("refs/main names the snapshot '.', which is not there"));
  root.write("models--name/refs/main", std::string(1000, 'a'));
  EXPECT_THAT(found("name").problem, HasSubstr("more than the 256"));
}

TEST_F(Hub, FindsARevisionByItsNameAndByItsCommit) {
  const std::string commit(40, 'a');
  root.write("models--name/snapshots/" + commit + "/config.json", "{}");
  root.write("models--name/refs/v1", commit);
  root.write("models--name/refs/refs/pr/1", commit);
  for (const std::string& revision : {commit, std::string("v1"), std::string("refs/pr/1")}) {
    const auto entry = find_in_hub_cache("name", revision);
    ASSERT_TRUE(entry) << revision;
    EXPECT_THAT(entry->snapshots, ElementsAre(root.path() / "models--name/snapshots" / commit));
    EXPECT_EQ(entry->revision, revision);
  }
  for (const std::string& other : {std::string(40, 'b'), std::string("v2"), std::string("../refs/v1")})
    EXPECT_FALSE(find_in_hub_cache("name", other)) << other;
  EXPECT_EQ(find_in_hub_cache("name")->revision, "");
}

TEST(HubRevision, LeadsNowhereElse) {
  for (const std::string_view good : {"main", "v1.0", "refs/pr/1", "feature/x_y-z", "0123abc"})
    EXPECT_TRUE(is_revision(good)) << good;
  for (const std::string_view bad : {"", "..", "a/../b", "/a", "a/", "a//b", ".a", "a/.b", "-a", "a b",
                                     "a\nb", "a?b", "a#b", "a%2fb", "a.", "\xC3\xA9"}) {
    EXPECT_FALSE(is_revision(bad)) << bad;
  }
  EXPECT_FALSE(is_revision(std::string(201, 'a')));
}

}  // namespace
}  // namespace medbench
