// medbench fetch.
#include <chrono>
#include <thread>

#include "tests/cli/hub_program.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kId;
using testing::kNoHub;
using ::testing::Not;
using testing::ProgramOutput;
using testing::Reply;
using testing::ServedRequest;

class Fetch : public testing::HubProgram {};

TEST_F(Fetch, SaysWhatIsThere) {
  const auto first = run_with({"fetch", "biobert"});
  EXPECT_EQ(first.status, exited(0)) << first.err;
  EXPECT_THAT(first.out,
              AllOf(HasSubstr(std::string(kId) + " at main: commit " + hub.commit()),
                    HasSubstr(snapshot().string()), HasSubstr("model.safetensors"), HasSubstr("downloaded")));
  const auto before = hub.server().connections();
  const auto second = run_with({"fetch", kId, "--json"});
  EXPECT_EQ(hub.server().connections(), before);
  const Json json = parse_json(second.out, "standard output");
  EXPECT_EQ(json["commit"], hub.commit());
  EXPECT_EQ(json["folder"], snapshot().string());
  EXPECT_EQ(json["files"].size(), 3U);
  EXPECT_EQ(json["files"][0]["downloaded"], false);
}

TEST_F(Fetch, UpdatesWhereItIsTold) {
  EXPECT_EQ(run_with({"fetch", "biobert"}).status, exited(0));
  const std::string old = hub.commit();
  hub.set_commit(std::string(40, 'd'));
  EXPECT_THAT(run_with({"fetch", "biobert"}).out, HasSubstr(old));
  EXPECT_THAT(run_with({"fetch", "biobert", "--update"}).out, HasSubstr(std::string(40, 'd')));
  EXPECT_EQ(row(run_with(medical()))["model_commit"], std::string(40, 'd'));
  expect_error(run_with({"fetch", "biobert", "--update"}, {{"HF_ENDPOINT", kNoHub}}), 3, "does not answer");
}

TEST_F(Fetch, SaysWhatItCannotDo) {
  expect_error(run_with({"fetch", "org/none"}), 2, "org/none: " + hub.url() + " has no model org/none");
  expect_error(run_with({"fetch", "resnet18"}), 2, "resnet18: it is on no hub");
  expect_error(run_with({"fetch", "../x"}), 2, "no model of the hub is called so");
  expect_error(run_with({"fetch", "biobert", "--revision", "a b"}), 2, "--revision a b");
  expect_error(run_with({"fetch", "biobert"}, {{"HF_ENDPOINT", "nonsense"}}), 2, "HF_ENDPOINT is 'nonsense'");
  expect_error(run_with({"fetch"}), 2, "MODEL");
  hub.add("config.json", R"({"model_type": "whale"})");
  expect_error(run_with({"fetch", "biobert"}), 2, "\"model_type\" is whale; medbench reads models of type");
  EXPECT_THAT(hub.asked_store(), IsEmpty());
  fs::remove_all(entry());
  hub.add("config.json", read_text_file(fs::path(model()) / "config.json"));
  hub.remove("model.safetensors");
  const auto without = run_with({"fetch", "biobert"});
  EXPECT_EQ(without.status, exited(1));
  EXPECT_THAT(without.err, HasSubstr("has no model.safetensors at commit"));
}

TEST_F(Fetch, KeepsTheTokenOnTheHub) {
  EXPECT_EQ(run_with({"fetch", "biobert"}, {{"HF_TOKEN", "hf_secret"}}).status, exited(0));
  EXPECT_EQ(hub.server().requests().front().fields.at("authorization"), "Bearer hf_secret");
  ASSERT_THAT(hub.asked_store(), Not(IsEmpty()));
  for (const ServedRequest& request : hub.store().requests())
    EXPECT_FALSE(request.fields.contains("authorization"));
}

TEST_F(Fetch, OfTwoProgramsAtOnceDownloadsOnce) {
  hub.intercept_store([&](const ServedRequest& request) {
    Reply reply = hub.answer_of_store(request);
    reply.pause = std::chrono::milliseconds{500};
    return reply;
  });
  ProgramOutput other;
  std::thread thread([&] { other = run_with({"fetch", "biobert"}); });
  const auto own = run_with({"fetch", "biobert"});
  thread.join();
  EXPECT_EQ(own.status, exited(0)) << own.err;
  EXPECT_EQ(other.status, exited(0)) << other.err;
  EXPECT_EQ(hub.asked_store().size(), 1U);
}

}  // namespace
}  // namespace medbench
