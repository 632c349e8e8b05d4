#include "backend/tensorrt/engine_cache.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temporary_folder.hpp"

namespace medbench::trt {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

class EngineCacheTest : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path today() const { return day("2026-01-31"); }
  [[nodiscard]] fs::path day(const std::string& date) const {
    return root.path() / date / "hardware_matrix" / "trt_cache";
  }
  static EngineIdentity identity() {
    EngineIdentity identity;
    identity.onnx_hash = "abc";
    identity.version = "11.1.0";
    return identity;
  }
  static std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
  static std::string text(const EngineCache::Found& found) {
    return {reinterpret_cast<const char*>(found.engine.data()), found.engine.size()};
  }
  [[nodiscard]] fs::path file(const fs::path& folder) const { return folder / identity().file_name(); }

  TemporaryFolder root;
};

TEST_F(EngineCacheTest, KeepsAnEngine) {
  EngineCache cache(today());
  EXPECT_EQ(cache.find(identity()).file, nullptr);
  cache.store(identity(), bytes("an engine"));
  EXPECT_EQ(text(cache.find(identity())), "an engine");
  EXPECT_EQ(text(EngineCache(today()).find(identity())), "an engine");
  EXPECT_THAT(cache.notes(), IsEmpty());
}

TEST_F(EngineCacheTest, FindsThoseOfOtherDays) {
  EngineCache(day("2026-01-02")).store(identity(), bytes("an engine"));
  EngineCache cache(today());
  EXPECT_EQ(text(cache.find(identity())), "an engine");
  EXPECT_FALSE(fs::exists(today()));
  // Of folders of another form there are no other days.
  EngineCache(root.path() / "own" / "cache").store(identity(), bytes("an engine"));
  EXPECT_EQ(EngineCache(root.path() / "other" / "cache").find(identity()).file, nullptr);
}

TEST_F(EngineCacheTest, RemovesWhatIsNoEngine) {
  EngineCache(today()).store(identity(), bytes("an engine"));
  const std::string whole = read_text_file(file(today()));
  for (const std::string& content : {std::string(), whole.substr(0, whole.size() / 2),
                                     whole.substr(0, whole.size() - 1), std::string("something else")}) {
    root.write(fs::relative(file(today()), root.path()).string(), content);
    EngineCache cache(today());
    EXPECT_EQ(cache.find(identity()).file, nullptr);
    EXPECT_FALSE(fs::exists(file(today())));
    EXPECT_THAT(cache.notes(), ElementsAre(HasSubstr("was removed and the engine is built anew")));
    cache.store(identity(), bytes("an engine"));
    EXPECT_EQ(text(cache.find(identity())), "an engine");
  }
}

TEST_F(EngineCacheTest, WithoutAFolderTouchesNothing) {
  EngineCache cache(std::nullopt);
  EXPECT_FALSE(cache.is_used());
  cache.store(identity(), bytes("an engine"));
  cache.store_beside("timing", bytes("times"));
  EXPECT_EQ(cache.find(identity()).file, nullptr);
  EXPECT_FALSE(cache.beside("timing"));
  EXPECT_TRUE(fs::is_empty(root.path()));
}

TEST_F(EngineCacheTest, ThatCannotBeWrittenIsANote) {
  root.write("file", "");
  EngineCache cache(root.path() / "file" / "cache");
  cache.store(identity(), bytes("an engine"));
  EXPECT_THAT(cache.notes(), ElementsAre(HasSubstr("is not kept in the cache")));
}

// Whoever reads while others write sees no engine or a whole one, and nothing is left behind.
TEST_F(EngineCacheTest, IsSharedByProcesses) {
  const std::string engine(1 << 20, 'e');
  constexpr int kWriters = 3;
  std::vector<pid_t> children;
  for (int i = 0; i < kWriters; ++i) {
    const pid_t child = ::fork();
    ASSERT_NE(child, -1);
    if (child == 0) {
      EngineCache own(today());
      for (int round = 0; round < 5; ++round) own.store(identity(), bytes(engine));
      ::_exit(own.notes().empty() ? 0 : 1);
    }
    children.push_back(child);
  }
  EngineCache cache(today());
  for (int round = 0; round < 50; ++round) {
    const auto found = cache.find(identity());
    if (found.file) {
      EXPECT_EQ(text(found), engine);
    }
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(text(cache.find(identity())), engine);
  EXPECT_THAT(cache.notes(), IsEmpty());
  EXPECT_EQ(std::distance(fs::directory_iterator(today()), {}), 1);
}

}  // namespace
}  // namespace medbench::trt
