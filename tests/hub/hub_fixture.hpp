// A hub on this machine and an empty cache, for the tests that download.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "hub/hub.hpp"
#include "tests/hub/fake_hub.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::testing {

class HubTest : public ::testing::Test {
 protected:
  HubTest() {
    hub.add("config.json", "{\"model_type\": \"bert\"}\n");
    hub.add("vocab.txt", "[PAD]\n");
    hub.add("model.safetensors", weights(), true);
    settings = {.cache = folder.path() / "hub",
                .endpoint = hub.url(),
                .offline = {},
                .token = {},
                .ca_file = {},
                .ca_folder = {},
                .etag_timeout = std::chrono::seconds{5},
                .download_timeout = std::chrono::seconds{5},
                .links = true};
  }

  // Three million bytes that are all different from a part of them.
  static const std::string& weights() {
    static const std::string kContent = [] {
      std::string content;
      for (int i = 0; content.size() < 3'000'000; ++i) content += std::to_string(i) + ",";
      return content;
    }();
    return kContent;
  }
  HubModel fetch(const std::string& revision = "main", bool update = false) {
    Hub own(
        settings,
        {.say = [this](const std::string& line) { said.push_back(line); },
         .progress = {},
         .is_cancelled = cancelled,
         .check_config = check_config},
        {.tries = 3, .first_wait = std::chrono::milliseconds{1}, .longest_wait = std::chrono::seconds{5}});
    return own.fetch("org/tiny", revision, update);
  }
  std::string failure(const std::string& revision = "main") {
    return failure_text([&] { static_cast<void>(fetch(revision)); });
  }
  [[nodiscard]] std::filesystem::path entry() const { return settings.cache / "models--org--tiny"; }
  [[nodiscard]] std::filesystem::path snapshot() const { return entry() / "snapshots" / hub.commit(); }
  // All but the files of complete ones.
  [[nodiscard]] std::vector<std::string> left_over() const {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& file : std::filesystem::recursive_directory_iterator(settings.cache, ignored)) {
      const std::string name = file.path().filename().string();
      if (name.ends_with(".incomplete") || name.find(".tmp") != std::string::npos) names.push_back(name);
    }
    return names;
  }
  void expect_whole() const {
    EXPECT_EQ(read_text_file(snapshot() / "model.safetensors"), weights());
    EXPECT_EQ(read_text_file(snapshot() / "vocab.txt"), "[PAD]\n");
    EXPECT_EQ(read_text_file(entry() / "refs/main"), hub.commit());
    EXPECT_THAT(left_over(), ::testing::IsEmpty());
  }

  TemporaryFolder folder;
  FakeHub hub;
  HubSettings settings;
  std::vector<std::string> said;
  std::function<bool()> cancelled;
  std::function<void(const std::filesystem::path&)> check_config;
};

// The first so many requests of a file's content are answered otherwise.
inline FakeHub::Intercept first_gets(int count, std::function<Reply(const ServedRequest&)> reply) {
  return [left = std::make_shared<std::atomic<int>>(count),
          reply = std::move(reply)](const ServedRequest& request) -> std::optional<Reply> {
    if (request.method != "GET" || left->fetch_sub(1) <= 0) return std::nullopt;
    return reply(request);
  };
}

}  // namespace medbench::testing
