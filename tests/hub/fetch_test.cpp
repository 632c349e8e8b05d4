// What becomes of a model in the cache: the layout, what is asked for and what is not, and updates.
#include <cerrno>
#include <chrono>
#include <sys/syscall.h>

#include "tests/hub/hub_fixture.hpp"
#include "tests/support/denied_calls.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Reply;
using testing::ServedRequest;

class HubFetch : public testing::HubTest {
 protected:
  static std::vector<std::string> names(const HubModel& model) {
    std::vector<std::string> all;
    for (const HubFile& file : model.files) all.push_back(file.name);
    return all;
  }
  static bool any_new(const HubModel& model) { return std::ranges::any_of(model.files, &HubFile::is_new); }
};

TEST_F(HubFetch, LaysTheCacheOutAsTheHubsOwnLibrary) {
  const HubModel model = fetch();
  EXPECT_EQ(model.commit, hub.commit());
  EXPECT_EQ(model.folder, snapshot());
  EXPECT_THAT(names(model), ElementsAre("config.json", "model.safetensors", "vocab.txt"));
  expect_whole();
  EXPECT_EQ(fs::read_symlink(snapshot() / "vocab.txt"), fs::path("../../blobs") / hub.hash("vocab.txt"));
  EXPECT_EQ(fs::read_symlink(snapshot() / "model.safetensors"),
            fs::path("../../blobs") / hub.hash("model.safetensors"));
  EXPECT_TRUE(fs::is_regular_file(entry() / "blobs" / hub.hash("model.safetensors")));
  EXPECT_EQ(fs::file_size(entry() / ".no_exist" / hub.commit() / "tokenizer.json"), 0U);
  EXPECT_TRUE(fs::exists(settings.cache / ".locks/models--org--tiny" / (hub.hash("vocab.txt") + ".lock")));
  EXPECT_THAT(read_text_file(settings.cache / "CACHEDIR.TAG"),
              ::testing::StartsWith("Signature: 8a477f597d28d172789f06886806bc55\n"));
}

TEST_F(HubFetch, AsksForNothingThatIsKnown) {
  fetch();
  hub.server().forget_requests();
  const auto before = hub.server().connections();
  const HubModel again = fetch();
  EXPECT_FALSE(any_new(again));
  EXPECT_EQ(again.commit, hub.commit());
  EXPECT_EQ(hub.server().connections(), before);
}

TEST_F(HubFetch, NeverUpdatesByItself) {
  fetch();
  const std::string old = hub.commit();
  hub.set_commit(std::string(40, 'b'));
  hub.add("vocab.txt", "[PAD]\n[UNK]\n");
  EXPECT_EQ(fetch().commit, old);
  const HubModel updated = fetch("main", true);
  EXPECT_EQ(updated.commit, std::string(40, 'b'));
  EXPECT_EQ(read_text_file(entry() / "refs/main"), std::string(40, 'b'));
  EXPECT_EQ(read_text_file(updated.folder / "vocab.txt"), "[PAD]\n[UNK]\n");
  // The weights are the same content.
  EXPECT_THAT(hub.asked_store(), ElementsAre("GET " + hub.hash("model.safetensors")));
  EXPECT_EQ(read_text_file(entry() / "snapshots" / old / "vocab.txt"), "[PAD]\n");
}

TEST_F(HubFetch, OfACommitWritesNoRef) {
  EXPECT_EQ(fetch(hub.commit()).folder, snapshot());
  EXPECT_FALSE(fs::exists(entry() / "refs"));
}

TEST_F(HubFetch, WritesTheRefWhenAllIsThere) {
  hub.intercept_store([](const ServedRequest&) { return Reply{.status = 503}; });
  EXPECT_THAT(failure(), AllOf(HasSubstr("model.safetensors cannot be downloaded"), HasSubstr("503")));
  EXPECT_FALSE(fs::exists(entry() / "refs/main"));
  EXPECT_TRUE(fs::exists(snapshot() / "config.json"));
  EXPECT_THAT(left_over(), IsEmpty());
  hub.intercept_store({});
  hub.server().forget_requests();
  fetch();
  expect_whole();
}

TEST_F(HubFetch, CompletesABrokenLink) {
  fetch();
  fs::remove(entry() / "blobs" / hub.hash("model.safetensors"));
  hub.server().forget_requests();
  fetch();
  expect_whole();
  EXPECT_THAT(hub.asked(), ElementsAre("HEAD model.safetensors", "GET model.safetensors"));
}

TEST_F(HubFetch, CompletesTheCommitOfADanglingRef) {
  fs::create_directories(entry() / "refs");
  testing::TemporaryFolder other;
  fs::copy_file(other.write("ref", hub.commit()), entry() / "refs/main");
  fetch();
  expect_whole();
  EXPECT_THAT(hub.server().requests().front().target, HasSubstr(hub.commit()));
}

TEST_F(HubFetch, ReplacesABlobThatIsNotWhole) {
  fetch();
  fs::resize_file(entry() / "blobs" / hub.hash("model.safetensors"), 1000);
  fs::remove(snapshot() / "model.safetensors");
  fetch();
  expect_whole();
}

TEST_F(HubFetch, TakesPytorchWeightsWhereThereAreNoOthers) {
  hub.remove("model.safetensors");
  hub.add("pytorch_model.bin", "weights", true);
  EXPECT_THAT(names(fetch()), ElementsAre("config.json", "pytorch_model.bin", "vocab.txt"));
  EXPECT_THAT(missing_from(snapshot()), IsEmpty());
}

TEST_F(HubFetch, BringsNoWeightsForAConfigurationThatIsOfNoUse) {
  check_config = [](const fs::path& config) { throw usage_error("{} is of a whale", config.string()); };
  EXPECT_THAT(failure(), HasSubstr("config.json is of a whale"));
  EXPECT_THAT(hub.asked(), ElementsAre("HEAD config.json", "GET config.json"));
}

TEST_F(HubFetch, TakesSafetensorsFirst) {
  hub.add("pytorch_model.bin", "weights", true);
  EXPECT_THAT(names(fetch()), Not(Contains("pytorch_model.bin")));
}

TEST_F(HubFetch, TakesTheShardsThatTheIndexNames) {
  hub.remove("model.safetensors");
  hub.add("model.safetensors.index.json",
          R"({"weight_map": {"a": "m-1.safetensors", "b": "m-2.safetensors", "c": "m-1.safetensors"}})");
  hub.add("m-1.safetensors", "one", true);
  hub.add("m-2.safetensors", "two", true);
  EXPECT_THAT(names(fetch()), ElementsAre("config.json", "m-1.safetensors", "m-2.safetensors",
                                          "model.safetensors.index.json", "vocab.txt"));
  fs::remove(snapshot() / "m-2.safetensors");
  EXPECT_THAT(missing_from(snapshot()), ElementsAre("m-2.safetensors"));
  hub.remove("m-2.safetensors");
  EXPECT_THAT(failure(), HasSubstr("names m-2.safetensors, which org/tiny does not have"));
}

TEST_F(HubFetch, RefusesAnIndexThatLeadsElsewhere) {
  hub.remove("model.safetensors");
  for (const char* name : {"../../x", "/etc/passwd", "a/b", "", ".."}) {
    hub.set_commit(std::string(39, 'c') + std::to_string(std::string(name).size() % 10));
    hub.add("model.safetensors.index.json", std::string(R"({"weight_map": {"a": ")") + name + "\"}}");
    fs::remove_all(settings.cache);
    EXPECT_THAT(failure(), HasSubstr("is no name of a file in that folder")) << name;
  }
}

TEST_F(HubFetch, PutsFilesWhereLinksAreNotWanted) {
  settings.links = false;
  fetch();
  EXPECT_FALSE(fs::is_symlink(snapshot() / "model.safetensors"));
  expect_whole();
  EXPECT_TRUE(fs::is_empty(entry() / "blobs"));
  EXPECT_FALSE(any_new(fetch()));
}

TEST_F(HubFetch, PutsFilesWhereLinksAreImpossible) {
  const bool is_filtered = testing::without_calls(testing::calls_that_make_links(), EPERM, [&] { fetch(); });
  if (!is_filtered) GTEST_SKIP() << "this kernel does not filter system calls";
  EXPECT_FALSE(fs::is_symlink(snapshot() / "model.safetensors"));
  expect_whole();
}

TEST_F(HubFetch, DownloadsWithoutLocks) {
  const bool is_filtered = testing::without_calls({SYS_flock}, ENOLCK, [&] { fetch(); });
  if (!is_filtered) GTEST_SKIP() << "this kernel does not filter system calls";
  expect_whole();
}

TEST_F(HubFetch, OfAFullDiskIsOneLineAndLeavesNothing) {
  std::string text;
  const bool is_filtered = testing::without_calls({SYS_pwrite64}, ENOSPC, [&] { text = failure(); });
  if (!is_filtered) GTEST_SKIP() << "this kernel does not filter system calls";
  EXPECT_THAT(text, AllOf(HasSubstr("environment: cannot write "), HasSubstr("No space left on device")));
  EXPECT_THAT(left_over(), IsEmpty());
}

TEST_F(HubFetch, OfMoreThanTheDiskHoldsFailsBeforeItBegins) {
  hub.intercept([&](const ServedRequest& request) -> std::optional<Reply> {
    if (!request.target.ends_with("model.safetensors")) return std::nullopt;
    Reply reply = hub.answer(request);
    for (auto& [name, value] : reply.fields) {
      if (name == "X-Linked-Size") value = "4000000000000000";
    }
    return reply;
  });
  EXPECT_THAT(failure(), HasSubstr("set HF_HUB_CACHE to a larger place"));
  EXPECT_THAT(hub.asked_store(), IsEmpty());
}

TEST_F(HubFetch, IntoACacheThatCannotBeMadeIsOneLine) {
  settings.cache = folder.write("file", "x") / "hub";
  EXPECT_THAT(failure(), HasSubstr("environment: cannot make the folder " + (entry() / "blobs").string()));
}

TEST_F(HubFetch, IntoAReadOnlyCacheIsOneLine) {
  std::string text;
  const bool is_filtered =
      testing::without_calls(testing::calls_that_make_folders(), EROFS, [&] { text = failure(); });
  if (!is_filtered) GTEST_SKIP() << "this kernel does not filter system calls";
  EXPECT_THAT(text,
              AllOf(HasSubstr("environment: cannot make the folder"), HasSubstr("Read-only file system")));
}

TEST_F(HubFetch, RemovesWhatKilledDownloadsLeftLongAgo) {
  fs::create_directories(entry() / "blobs");
  const std::string begin = (entry() / "blobs" / hub.hash("model.safetensors")).string();
  const auto now = fs::file_time_type::clock::now();
  for (const auto& [name, age] :
       {std::pair{begin + ".00000001.incomplete", 25}, std::pair{begin + ".00000002.incomplete", 1}}) {
    replace_file(name, "x");
    fs::last_write_time(name, now - std::chrono::hours{age});
  }
  fetch();
  EXPECT_THAT(left_over(), ElementsAre(::testing::EndsWith("00000002.incomplete")));
}

TEST_F(HubFetch, OfflineOpensNoConnection) {
  settings.offline = "HF_HUB_OFFLINE";
  EXPECT_THAT(failure(), HasSubstr("environment: HF_HUB_OFFLINE is set"));
  EXPECT_EQ(hub.server().connections(), 0U);
  settings.offline.clear();
  fetch();
  const auto before = hub.server().connections();
  settings.offline = "TRANSFORMERS_OFFLINE";
  EXPECT_EQ(fetch().commit, hub.commit());
  EXPECT_EQ(hub.server().connections(), before);
}

TEST_F(HubFetch, BesideAnotherDownloadsEachFileOnce) {
  // The first to ask is answered late, so that the other comes upon the lock.
  hub.intercept_store([&](const ServedRequest& request) {
    Reply reply = hub.answer_of_store(request);
    reply.pause = std::chrono::milliseconds{700};
    return reply;
  });
  const auto own_fetch = [&] {
    Hub own(settings, {});
    own.fetch("org/tiny", "main");
  };
  std::thread other(own_fetch);
  fetch();
  other.join();
  expect_whole();
  EXPECT_THAT(hub.asked_store(), ElementsAre("GET " + hub.hash("model.safetensors")));
  EXPECT_LE(said.size(), 1U);
}

TEST_F(HubFetch, RefusesWhatIsNoRevision) {
  for (const char* bad : {"..", "a b", "-x", "a/../b"})
    EXPECT_THAT(failure(bad), HasSubstr("is no name of a revision"));
  EXPECT_EQ(hub.server().connections(), 0U);
}

}  // namespace
}  // namespace medbench
