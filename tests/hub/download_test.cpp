// Contents that stores and networks do not give as they should.
#include <chrono>

#include "tests/hub/hub_fixture.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::first_gets;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Reply;
using testing::ServedRequest;

class HubDownload : public testing::HubTest {
 protected:
  // Ranges that the store was asked for; "" for a whole content.
  [[nodiscard]] std::vector<std::string> ranges() {
    std::vector<std::string> all;
    for (const ServedRequest& request : hub.store().requests()) {
      const auto range = request.fields.find("range");
      all.push_back(range == request.fields.end() ? "" : range->second);
    }
    return all;
  }
  Reply stored(const ServedRequest& request) { return hub.answer_of_store(request); }
};

TEST_F(HubDownload, GoesOnWhereAConnectionBroke) {
  hub.intercept_store(first_gets(2, [&](const ServedRequest& request) {
    Reply reply = stored(request);
    reply.cut_after = 1'000'000;
    return reply;
  }));
  fetch();
  expect_whole();
  EXPECT_THAT(ranges(), ElementsAre("", "bytes=1000000-", "bytes=2000000-"));
}

TEST_F(HubDownload, GoesOnWhereAStoreFellSilent) {
  settings.download_timeout = std::chrono::milliseconds{900};
  hub.intercept_store(first_gets(1, [&](const ServedRequest& request) {
    Reply reply = stored(request);
    reply.stall_after = 500'000;
    return reply;
  }));
  fetch();
  expect_whole();
  EXPECT_THAT(ranges(), ElementsAre("", "bytes=500000-"));
}

TEST_F(HubDownload, BeginsAnewWhereARangeIsAnsweredWithAll) {
  hub.intercept_store([&](const ServedRequest& request) -> std::optional<Reply> {
    ServedRequest whole = request;
    const bool is_first = whole.fields.erase("range") == 0;
    Reply reply = stored(whole);
    if (is_first) reply.cut_after = 1'000'000;
    return reply;
  });
  fetch();
  expect_whole();
  EXPECT_THAT(ranges(), ElementsAre("", "bytes=1000000-"));
}

TEST_F(HubDownload, BeginsAnewWhereARangeIsRefused) {
  hub.intercept_store([&](const ServedRequest& request) -> std::optional<Reply> {
    if (request.fields.contains("range")) return Reply{.status = 416};
    Reply reply = stored(request);
    if (hub.store().requests().size() == 1) reply.cut_after = 1'000'000;
    return reply;
  });
  fetch();
  expect_whole();
  EXPECT_THAT(ranges(), ElementsAre("", "bytes=1000000-", ""));
}

TEST_F(HubDownload, BeginsAnewWhereARangeIsOfAnotherContent) {
  hub.intercept_store([&](const ServedRequest& request) -> std::optional<Reply> {
    Reply reply = stored(request);
    if (hub.store().requests().size() == 1) reply.cut_after = 1'000'000;
    if (request.fields.contains("range")) reply.fields.front().second = "\"another\"";
    return reply;
  });
  fetch();
  expect_whole();
  EXPECT_THAT(ranges(), ElementsAre("", "bytes=1000000-", ""));
}

TEST_F(HubDownload, BeginsAnewWhereARangeIsAnotherOne) {
  hub.intercept_store([&](const ServedRequest& request) -> std::optional<Reply> {
    Reply reply = stored(request);
    if (hub.store().requests().size() == 1) reply.cut_after = 1'000'000;
    if (request.fields.contains("range")) reply.fields.back().second = "bytes 0-9/10";
    return reply;
  });
  fetch();
  expect_whole();
}

TEST_F(HubDownload, RefusesAContentWithAnotherHash) {
  hub.intercept_store([&](const ServedRequest& request) -> std::optional<Reply> {
    Reply reply = stored(request);
    reply.body[1000] = 'x';
    return reply;
  });
  EXPECT_THAT(failure(), AllOf(HasSubstr("model.safetensors cannot be downloaded: its content has the hash"),
                               HasSubstr(hub.hash("model.safetensors"))));
  EXPECT_THAT(left_over(), IsEmpty());
  EXPECT_EQ(ranges().size(), 2U);  // once could have been the way here
  EXPECT_FALSE(std::filesystem::exists(entry() / "blobs" / hub.hash("model.safetensors")));
}

TEST_F(HubDownload, RefusesASmallContentWithAnotherHash) {
  hub.intercept([&](const ServedRequest& request) -> std::optional<Reply> {
    Reply reply = hub.answer(request);
    if (request.method == "GET" && request.target.ends_with("vocab.txt")) reply.body = "[BAD]\n";
    return reply;
  });
  EXPECT_THAT(failure(), HasSubstr("vocab.txt cannot be downloaded: its content has the hash"));
}

TEST_F(HubDownload, RefusesWrongLengths) {
  for (const auto& [length, complaint] : {std::pair{"2999", "of its"}, std::pair{"9000000", "bytes"}}) {
    hub.intercept_store(
        [&, claimed = std::string(length)](const ServedRequest& request) -> std::optional<Reply> {
          ServedRequest whole = request;
          whole.fields.erase("range");
          Reply reply = stored(whole);
          reply.length = claimed;
          return reply;
        });
    EXPECT_THAT(failure(), AllOf(HasSubstr("model.safetensors cannot be downloaded"), HasSubstr(complaint)));
    EXPECT_THAT(left_over(), IsEmpty());
  }
}

TEST_F(HubDownload, RefusesMoreThanWasAnnounced) {
  hub.intercept_store([&](const ServedRequest& request) -> std::optional<Reply> {
    Reply reply = stored(request);
    reply.body += "more";
    reply.length = "";
    return reply;
  });
  EXPECT_THAT(failure(), HasSubstr("bytes came"));
  EXPECT_THAT(left_over(), IsEmpty());
}

TEST_F(HubDownload, NeedsNoLength) {
  const auto without_length = [](Reply reply) {
    reply.length = "";
    std::erase_if(reply.fields, [](const auto& field) { return field.first == "X-Linked-Size"; });
    return reply;
  };
  hub.intercept(
      [&](const ServedRequest& request) { return std::optional(without_length(hub.answer(request))); });
  hub.intercept_store(
      [&](const ServedRequest& request) { return std::optional(without_length(stored(request))); });
  fetch();
  expect_whole();
}

// A byte of each, stored and not compressed, with gzip's header and trailer: what a proxy may do.
std::string packed(const std::string& text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  std::string bytes("\x1f\x8b\x08\0\0\0\0\0\0\x03\x01", 11);
  const auto add = [&](std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i)
      bytes += static_cast<char>((value >> (8U * static_cast<unsigned>(i))) & 0xFFU);
  };
  const auto size = static_cast<std::uint32_t>(text.size());
  add(size, 2);
  add(~size & 0xFFFFU, 2);
  bytes += text;
  add(~crc, 4);
  add(size, 4);
  return bytes;
}

TEST_F(HubDownload, UnpacksWhatComesPacked) {
  hub.intercept([&](const ServedRequest& request) -> std::optional<Reply> {
    Reply reply = hub.answer(request);
    if (request.method == "GET" && reply.status == 200) {
      reply.body = packed(reply.body);
      reply.fields.emplace_back("Content-Encoding", "gzip");
    }
    return reply;
  });
  fetch();
  expect_whole();
}

TEST_F(HubDownload, AsksAgainWhereTheHubHasAnotherContentByNow) {
  bool is_changed = false;
  hub.intercept([&](const ServedRequest& request) -> std::optional<Reply> {
    if (request.method == "GET" && request.target.ends_with("vocab.txt") && !std::exchange(is_changed, true))
      hub.add("vocab.txt", "[UNK]\n");
    return std::nullopt;
  });
  fetch();
  EXPECT_EQ(read_text_file(snapshot() / "vocab.txt"), "[UNK]\n");
  EXPECT_THAT(left_over(), IsEmpty());
}

TEST_F(HubDownload, GivesUpOnAHubThatNeverKeepsToAContent) {
  hub.intercept([&](const ServedRequest& request) -> std::optional<Reply> {
    if (request.method == "GET") hub.add("vocab.txt", std::to_string(hub.asked().size()));
    return std::nullopt;
  });
  EXPECT_THAT(failure(), HasSubstr("has another content of vocab.txt each time"));
}

TEST_F(HubDownload, TakesARefusalOfAStoreForOneThatPasses) {
  hub.intercept_store(first_gets(1, [](const ServedRequest&) { return Reply{.status = 403}; }));
  fetch();
  expect_whole();
}

TEST_F(HubDownload, TriesAgainWhereAStoreIsDead) {
  hub.intercept_store(first_gets(1, [](const ServedRequest&) { return Reply{.is_silent = true}; }));
  fetch();
  expect_whole();
  EXPECT_EQ(said.size(), 1U);
}

TEST_F(HubDownload, EndsWhenItIsInterrupted) {
  hub.intercept_store([&](const ServedRequest& request) -> std::optional<Reply> {
    Reply reply = stored(request);
    reply.stall_after = 500'000;
    return reply;
  });
  const auto begin = std::chrono::steady_clock::now();
  cancelled = [&] { return std::chrono::steady_clock::now() - begin > std::chrono::milliseconds{300}; };
  EXPECT_THAT(failure(), HasSubstr("interrupted"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{4});
  EXPECT_THAT(left_over(), IsEmpty());
}

}  // namespace
}  // namespace medbench
