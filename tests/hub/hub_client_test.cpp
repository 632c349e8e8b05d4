// What hubs answer when they are asked about a file, and what they should not.
#include <chrono>

#include "hub/curl_library.hpp"
#include "tests/hub/hub_fixture.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::FakeHub;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Reply;
using testing::ServedRequest;

class HubClientTest : public testing::HubTest {
 protected:
  // Every answer of the hub's own is this one.
  void always(const Reply& reply) {
    hub.intercept([reply](const ServedRequest&) { return reply; });
  }
};

TEST(CurlLibrary, ThatIsNotThereIsOneLine) {
  EXPECT_THAT(testing::failure_text([] { static_cast<void>(curl_library("libnone.so.4")); }),
              AllOf(HasSubstr("environment: downloads need libcurl, and libnone.so.4 is not on this machine"),
                    HasSubstr("libcurl4")));
  EXPECT_THAT(testing::failure_text([] { static_cast<void>(curl_library("libm.so.6")); }),
              HasSubstr("is no libcurl"));
}

TEST_F(HubClientTest, KeepsTheTokenFromOtherHosts) {
  settings.token = "hf_secret";
  fetch();
  ASSERT_THAT(hub.asked_store(), Not(IsEmpty()));
  for (const ServedRequest& request : hub.server().requests())
    EXPECT_EQ(request.fields.at("authorization"), "Bearer hf_secret") << request.target;
  for (const ServedRequest& request : hub.store().requests()) {
    EXPECT_FALSE(request.fields.contains("authorization"));
    for (const auto& [name, value] : request.fields) EXPECT_THAT(value, Not(HasSubstr("hf_secret"))) << name;
  }
}

TEST_F(HubClientTest, AsksForContentsAsTheyAre) {
  fetch();
  for (const ServedRequest& request : hub.server().requests())
    EXPECT_EQ(request.fields.at("accept-encoding"), "identity");
}

TEST_F(HubClientTest, FollowsARedirectOnTheSameHost) {
  hub.intercept([&](const ServedRequest& request) -> std::optional<Reply> {
    const std::string old = "/old/name/";
    if (!request.target.starts_with(old)) return std::nullopt;
    return Reply{.status = 307, .fields = {{"Location", "/org/tiny/" + request.target.substr(old.size())}}};
  });
  Hub own(settings, {});
  EXPECT_EQ(own.fetch("old/name", "main").commit, hub.commit());
}

TEST_F(HubClientTest, AsksNoOtherHostAboutAFile) {
  settings.token = "hf_secret";
  for (const std::string& location :
       {hub.store_url() + "/x", "//" + hub.store_url().substr(std::string("http://").size()) + "/x"}) {
    always({.status = 302, .fields = {{"Location", location}}});
    EXPECT_THAT(failure(), HasSubstr("does not answer as a model hub does"));
  }
  EXPECT_EQ(hub.store().connections(), 0U);
}

TEST_F(HubClientTest, GivesUpOnCircles) {
  hub.intercept([&](const ServedRequest& request) {
    return Reply{.status = 302, .fields = {{"Location", request.target}}};
  });
  EXPECT_THAT(failure(), HasSubstr("it redirects in a circle"));
  hub.intercept({});
  hub.intercept_store([&](const ServedRequest& request) {
    return Reply{.status = 302, .fields = {{"Location", request.target}}};
  });
  EXPECT_THAT(failure(), HasSubstr("it redirects in a circle"));
  hub.intercept_store([&](const ServedRequest&) {
    return Reply{.status = 302, .fields = {{"Location", "file:///etc/passwd"}}};
  });
  EXPECT_THAT(failure(), HasSubstr("it redirects to what is no address"));
}

TEST_F(HubClientTest, SaysWhatARefusalMeans) {
  always(FakeHub::error(401, "RepoNotFound"));
  EXPECT_THAT(failure(),
              AllOf(HasSubstr("usage: "), HasSubstr("has no model org/tiny that everybody may read (401)"),
                    HasSubstr("HF_TOKEN")));
  always(FakeHub::error(403, "GatedRepo"));
  EXPECT_THAT(failure(), AllOf(HasSubstr("is gated (403)"), HasSubstr("accept its terms")));
  always(FakeHub::error(404, "RepoNotFound"));
  EXPECT_THAT(failure(), HasSubstr("has no model org/tiny"));
  always(FakeHub::error(404, "RevisionNotFound"));
  EXPECT_THAT(failure("v9"), HasSubstr("has no revision 'v9' of org/tiny"));
  always({.status = 404});
  EXPECT_THAT(failure(), HasSubstr("answers 404 when it is asked for org/tiny"));
  always({.status = 403});
  settings.token = "hf_secret";
  EXPECT_THAT(failure(), AllOf(HasSubstr("that this token may read (403)"), Not(HasSubstr("hf_secret"))));
  EXPECT_THAT(said, IsEmpty());  // none of them is worth another try
}

TEST_F(HubClientTest, TriesAgainWhereTheHubIsBusy) {
  auto left = std::make_shared<std::atomic<int>>(2);
  hub.intercept([left](const ServedRequest&) -> std::optional<Reply> {
    if (left->fetch_sub(1) <= 0) return std::nullopt;
    return Reply{.status = 429, .fields = {{"Retry-After", "0"}, {"X-Error-Message", "Too many requests"}}};
  });
  fetch();
  expect_whole();
  EXPECT_THAT(said, ElementsAre(HasSubstr("the answer is 429 (Too many requests); trying again in 0 s"),
                                HasSubstr("429")));
}

TEST_F(HubClientTest, GivesUpOnAHubThatStaysBusy) {
  always({.status = 500});
  EXPECT_THAT(failure(), AllOf(HasSubstr("environment: "), HasSubstr("answers 500")));
  EXPECT_EQ(hub.asked().size(), 3U);
  always({.status = 429, .fields = {{"Retry-After", "3600"}}});
  hub.server().forget_requests();
  EXPECT_THAT(failure(), HasSubstr("answers 429"));
  EXPECT_EQ(hub.asked().size(), 1U);  // nobody waits for an hour
}

TEST_F(HubClientTest, AsksAnUnreachableHubOnce) {
  always({.is_silent = true});
  Hub own(settings, {});
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(testing::failure_text([&] { own.fetch("org/tiny", "main"); }),
                HasSubstr("does not answer: "));
  EXPECT_EQ(hub.server().connections(), 1U);
}

TEST_F(HubClientTest, WaitsForAnAnswerAsLongAsTheVariableSays) {
  settings.etag_timeout = std::chrono::milliseconds{200};
  always({.pause = std::chrono::seconds{20}});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(failure(), HasSubstr("does not answer: "));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{5});
}

TEST_F(HubClientTest, OfANameThatNobodyKnowsFailsAtOnce) {
  settings.endpoint = "http://hub.invalid";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(failure(), HasSubstr("http://hub.invalid does not answer: "));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, settings.etag_timeout + std::chrono::seconds{2});
}

TEST_F(HubClientTest, OfAPortWhereNobodyListensFailsAtOnce) {
  settings.endpoint = "http://127.0.0.1:1";
  EXPECT_THAT(failure(), HasSubstr("does not answer: "));
}

TEST_F(HubClientTest, KnowsWhatIsNoHub) {
  always({.fields = {{"ETag", "\"abc\""}}, .body = "<html>log in</html>"});
  EXPECT_THAT(failure(), AllOf(HasSubstr("does not answer as a model hub does"), HasSubstr("HF_ENDPOINT")));
  always({.fields = {{"X-Repo-Commit", hub.commit()}}, .body = "x"});
  EXPECT_THAT(failure(), HasSubstr("names no usable hash of config.json: ''"));
  always({.fields = {{"X-Repo-Commit", hub.commit()}, {"ETag", "\"../../x\""}}, .body = "x"});
  EXPECT_THAT(failure(), HasSubstr("names no usable hash of config.json: '../../x'"));
  always({.fields = {{"X-Repo-Commit", "../../../../etc"}, {"ETag", "\"abc\""}}, .body = "x"});
  EXPECT_THAT(failure(), HasSubstr("does not answer as a model hub does"));
}

TEST_F(HubClientTest, NeedsACommitToBelieveThatAFileIsNotThere) {
  always(FakeHub::error(404, "EntryNotFound"));
  EXPECT_THAT(failure(), HasSubstr("answers 404"));
  EXPECT_FALSE(std::filesystem::exists(entry() / ".no_exist"));
}

TEST_F(HubClientTest, StripsWhatAWeakHashBeginsWith) {
  hub.intercept([&](const ServedRequest& request) -> std::optional<Reply> {
    Reply reply = hub.answer(request);
    for (auto& [name, value] : reply.fields) {
      if (name == "ETag") value.insert(0, "W/");
    }
    return reply;
  });
  fetch();
  expect_whole();
}

TEST_F(HubClientTest, RefusesAnotherCommitInTheMiddle) {
  hub.intercept([&](const ServedRequest& request) -> std::optional<Reply> {
    Reply reply = hub.answer(request);
    if (request.target.ends_with("vocab.txt")) reply.fields.back().second = std::string(40, 'e');
    return reply;
  });
  EXPECT_THAT(failure(), HasSubstr("answers with commit eeee"));
}

}  // namespace
}  // namespace medbench
