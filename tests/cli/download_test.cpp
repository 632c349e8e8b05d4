// Models that a run downloads, or cannot.
#include <chrono>
#include <csignal>
#include <sys/syscall.h>

#include "tests/cli/hub_program.hpp"
#include "tests/support/denied_calls.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kNoHub;
using ::testing::Not;
using testing::ProgramOutput;
using testing::Reply;
using testing::ServedRequest;

class Downloads : public testing::HubProgram {};

TEST_F(Downloads, AModelThatIsNotHereIsDownloadedOnce) {
  const auto first = run_with(medical());
  const Json result = row(first);
  EXPECT_EQ(result["weights_source"], "checkpoint");
  EXPECT_EQ(result["model_revision"], "main");
  EXPECT_EQ(result["model_commit"], hub.commit());
  EXPECT_EQ(result["job"]["work"]["model"]["folder"], snapshot().string());
  EXPECT_THAT(result["notes"], IsEmpty());
  const auto before = hub.server().connections();
  EXPECT_EQ(row(run_with(medical()))["model_commit"], hub.commit());
  EXPECT_EQ(hub.server().connections(), before);
}

TEST_F(Downloads, ACachedModelIsUsedWhateverTheHubAnswers) {
  row(run_with(medical()));
  for (const int status : {429, 500}) {
    hub.intercept([&](const ServedRequest&) { return Reply{.status = status}; });
    EXPECT_EQ(row(run_with(medical()))["weights_source"], "checkpoint");
  }
  EXPECT_EQ(row(run_with(medical(), {{"HF_ENDPOINT", kNoHub}}))["weights_source"], "checkpoint");
}

TEST_F(Downloads, OfAHubThatDoesNotAnswerGiveSyntheticWeightsAndOneNote) {
  const Json result = row(run_with(medical(), {{"HF_ENDPOINT", kNoHub}}));
  EXPECT_EQ(result["weights_source"], "synthetic");
  EXPECT_TRUE(result["model_commit"].is_null());
  EXPECT_EQ(result["notes"].size(), 1U);
  EXPECT_THAT(result["notes"][0].get<std::string>(),
              AllOf(HasSubstr("SYNTHETIC WEIGHTS"),
                    HasSubstr("it could not be downloaded: http://127.0.0.1:1 does not answer")));
  expect_error(run_with(medical({"--weights", "require"}), {{"HF_ENDPOINT", kNoHub}}), 2,
               "--weights require");
  expect_error(run_with(medical({"--model", "org/none"}), {{"HF_ENDPOINT", kNoHub}}), 2, "does not answer");
}

TEST_F(Downloads, WithAVariableThatMakesNoSenseAreANote) {
  const Json result = row(run_with(medical(), {{"HF_HUB_ETAG_TIMEOUT", "soon"}}));
  EXPECT_THAT(result["notes"][0].get<std::string>(), HasSubstr("HF_HUB_ETAG_TIMEOUT is 'soon'"));
}

TEST_F(Downloads, OfADeadHubCostALittleOnce) {
  hub.intercept([](const ServedRequest&) { return Reply{.pause = std::chrono::minutes{1}}; });
  const auto begin = std::chrono::steady_clock::now();
  const auto output = run_with(
      medical({"--models", "biobert", "clinicalbert", "distilbert", "--weights", "auto", "--dry-run"}));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(hub.server().connections(), 0U);
  const auto measured = run_with(medical(), {{"HF_HUB_ETAG_TIMEOUT", "1"}});
  EXPECT_EQ(measured.status, exited(0)) << measured.err;
  EXPECT_EQ(hub.server().connections(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{20});
}

TEST_F(Downloads, OfflineOpenNoSocket) {
  ProgramOutput offline;
  ProgramOutput online;
  const bool is_filtered = testing::deadly_calls({SYS_socket}, [&] {
    offline = run_with(medical(), {{"HF_HUB_OFFLINE", "1"}});
    online = run_with(medical());
  });
  if (!is_filtered) GTEST_SKIP() << "this kernel does not filter system calls";
  EXPECT_EQ(row(offline)["weights_source"], "synthetic");
  EXPECT_THAT(offline.err, HasSubstr("HF_HUB_OFFLINE is set, so the hub is not asked"));
  EXPECT_EQ(online.status, (ExitStatus{ExitStatus::Kind::Signalled, SIGSYS}));  // the filter works
  EXPECT_EQ(hub.server().connections(), 0U);
  EXPECT_EQ(row(run_with(medical(), {{"TRANSFORMERS_OFFLINE", "1"}}))["weights_source"], "synthetic");
  EXPECT_EQ(hub.server().connections(), 0U);
}

TEST_F(Downloads, CompleteAHalfCacheOrNameItsFiles) {
  row(run_with(medical()));
  fs::remove(entry() / "blobs" / hub.hash("model.safetensors"));
  fs::remove(snapshot() / "config.json");
  const Json offline = row(run_with(medical(), {{"HF_HUB_OFFLINE", "1"}}));
  EXPECT_EQ(offline["weights_source"], "synthetic");
  const std::string link = "model.safetensors is a link to ../../blobs/" + hub.hash("model.safetensors");
  EXPECT_THAT(offline["notes"][0].get<std::string>(),
              AllOf(HasSubstr(link), HasSubstr("has no config.json")));
  const auto fetched = run_with({"fetch", "biobert"}, {{"HF_HUB_OFFLINE", "1"}});
  expect_error(fetched, 3, snapshot().string() + " lacks config.json, model.safetensors");
  EXPECT_EQ(row(run_with(medical()))["weights_source"], "checkpoint");
}

TEST_F(Downloads, OfATokenizerAreMadeWhereTextsNeedIt) {
  row(run_with(medical()));
  fs::remove(snapshot() / "vocab.txt");
  row(run_with(medical()));
  EXPECT_FALSE(fs::exists(snapshot() / "vocab.txt"));
  const std::string texts = folder().write("notes.txt", "word5 word6\n").string();
  const auto output = run_with(medical({"--text", texts}));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_TRUE(fs::exists(snapshot() / "vocab.txt"));
}

TEST_F(Downloads, TakeTheRevisionThatIsAskedFor) {
  const Json result = row(run_with(medical({"--revision", hub.commit()})));
  EXPECT_EQ(result["model_revision"], hub.commit());
  EXPECT_EQ(result["model_commit"], hub.commit());
  EXPECT_EQ(result_from_json(result).job.work.model.commit, hub.commit());
  const Json none = row(run_with(medical({"--revision", "v2"})));
  EXPECT_EQ(none["weights_source"], "synthetic");
  EXPECT_THAT(none["notes"][0].get<std::string>(),
              AllOf(HasSubstr("at revision 'v2'"), HasSubstr("has no revision 'v2'")));
  expect_error(run_with(medical({"--revision", "../x"})), 2,
               "--revision ../x: give a branch, a tag or a commit");
  expect_error(run_with(medical({"--revision", "main", "--model", model()})), 2, "leave --revision out");
  expect_error(run_with(medical({"--revision", "main", "--weights", "synthetic"})), 2,
               "leave --revision out");
}

TEST_F(Downloads, EndByASignalAndLeaveNothing) {
  hub.intercept_store([&](const ServedRequest& request) {
    Reply reply = hub.answer_of_store(request);
    reply.stall_after = 100;
    return reply;
  });
  bool is_sent = false;
  const auto stop = [&](const ProgramOutput&, const Subprocess& process) {
    if (hub.asked_store().empty() || is_sent) return;
    is_sent = true;
    ::kill(process.pid(), SIGINT);
  };
  for (const Words& words : {Words{"fetch", "biobert"}, medical()}) {
    is_sent = false;
    hub.store().forget_requests();
    const auto output = run_with(words, {}, stop);
    EXPECT_EQ(output.status, exited(128 + SIGINT)) << output.err;
  }
  for (const auto& file : fs::recursive_directory_iterator(entry()))
    EXPECT_THAT(file.path().string(), Not(HasSubstr(".incomplete")));
}

TEST_F(Downloads, IntoACacheThatCannotBeWrittenAreANote) {
  const std::string file = folder().write("file", "x").string();
  const Json result = row(run_with(medical(), {{"HF_HUB_CACHE", file + "/hub"}}));
  EXPECT_EQ(result["weights_source"], "synthetic");
  EXPECT_THAT(result["notes"][0].get<std::string>(), HasSubstr("cannot make the folder"));
  expect_error(run_with({"fetch", "biobert"}, {{"HF_HUB_CACHE", file + "/hub"}}), 3,
               "cannot make the folder");
}

TEST_F(Downloads, OntoAFullDiskAreANote) {
  ProgramOutput output;
  const bool is_filtered =
      testing::without_calls({SYS_pwrite64}, ENOSPC, [&] { output = run_with(medical()); });
  if (!is_filtered) GTEST_SKIP() << "this kernel does not filter system calls";
  EXPECT_THAT(row(output)["notes"][0].get<std::string>(),
              AllOf(HasSubstr("SYNTHETIC WEIGHTS"), HasSubstr("No space left on device")));
}

}  // namespace
}  // namespace medbench
