#include "hub/settings.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <memory>

#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::failure_text;
using ::testing::HasSubstr;
using testing::ScopedEnvironment;
using testing::TemporaryFolder;

TEST(HubCacheDirectory, FollowsTheVariablesInOrder) {
  const ScopedEnvironment home("HOME", "/home/u");
  const ScopedEnvironment xdg("XDG_CACHE_HOME", std::nullopt);
  const ScopedEnvironment hf_home("HF_HOME", std::nullopt);
  const ScopedEnvironment cache("HF_HUB_CACHE", "");
  const ScopedEnvironment older("HUGGINGFACE_HUB_CACHE", std::nullopt);
  EXPECT_EQ(hub_cache_directory(), "/home/u/.cache/huggingface/hub");
  const ScopedEnvironment new_xdg("XDG_CACHE_HOME", "/x");
  EXPECT_EQ(hub_cache_directory(), "/x/huggingface/hub");
  const ScopedEnvironment new_home("HF_HOME", "~/hf");
  EXPECT_EQ(hub_cache_directory(), "/home/u/hf/hub");
  const ScopedEnvironment with_variable("HF_HOME", "$HOME/hf2");
  EXPECT_EQ(hub_cache_directory(), "/home/u/hf2/hub");
  const ScopedEnvironment new_older("HUGGINGFACE_HUB_CACHE", "/old");
  EXPECT_EQ(hub_cache_directory(), "/old");
  const ScopedEnvironment new_cache("HF_HUB_CACHE", "/c");
  EXPECT_EQ(hub_cache_directory(), "/c");
}

// None of the variables is set unless a test does it.
class HubSettingsTest : public ::testing::Test {
 protected:
  HubSettingsTest() {
    for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "HF_ENDPOINT",
                             "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN",
                             "HF_TOKEN_PATH", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "HF_HUB_ETAG_TIMEOUT",
                             "HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_DISABLE_SYMLINKS", "REQUESTS_CA_BUNDLE",
                             "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"}) {
      set(name, std::nullopt);
    }
    set("HF_HOME", root.path().string());
  }
  void set(const char* name, const std::optional<std::string>& value) {
    variables_[name].reset();
    variables_[name] = std::make_unique<ScopedEnvironment>(name, value);
  }
  static std::string failure() {
    return failure_text([] { static_cast<void>(hub_settings()); });
  }

  TemporaryFolder root;

 private:
  std::map<std::string, std::unique_ptr<ScopedEnvironment>> variables_;
};

TEST_F(HubSettingsTest, HasTheHubsOwnDefaults) {
  const HubSettings settings = hub_settings();
  EXPECT_EQ(settings.cache, root.path() / "hub");
  EXPECT_EQ(settings.endpoint, "https://huggingface.co");
  EXPECT_EQ(settings.offline, "");
  EXPECT_EQ(settings.token, "");
  EXPECT_EQ(settings.etag_timeout, std::chrono::seconds{10});
  EXPECT_EQ(settings.download_timeout, std::chrono::seconds{10});
  EXPECT_TRUE(settings.links);
}

TEST_F(HubSettingsTest, IsOfflineWhereEitherVariableIsTrue) {
  for (const char* name : {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"}) {
    for (const char* value : {"1", "on", "Yes", "TRUE"}) {
      set(name, value);
      EXPECT_EQ(hub_settings().offline, name) << value;
    }
    set(name, "0");
    EXPECT_EQ(hub_settings().offline, "");
    set(name, std::nullopt);
  }
  set("HF_HUB_OFFLINE", "0");
  set("TRANSFORMERS_OFFLINE", "1");
  EXPECT_EQ(hub_settings().offline, "");  // the other goes before
}

TEST_F(HubSettingsTest, TakesTheTokenFromTheVariableOrTheFile) {
  root.write("token", "of_the_home\n");
  EXPECT_EQ(hub_settings().token, "of_the_home");
  set("HF_TOKEN_PATH", root.write("other", "  of_the_path\r\n").string());
  EXPECT_EQ(hub_settings().token, "of_the_path");
  set("HF_TOKEN", "of_the_variable");
  EXPECT_EQ(hub_settings().token, "of_the_variable");
  set("HF_TOKEN", "two\r\nX-Evil: lines");
  EXPECT_THAT(failure(), HasSubstr("HF_TOKEN holds characters that no token has"));
  set("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1");
  EXPECT_EQ(hub_settings().token, "");
}

TEST_F(HubSettingsTest, ReadsTimesAndSwitches) {
  set("HF_HUB_ETAG_TIMEOUT", "2");
  set("HF_HUB_DOWNLOAD_TIMEOUT", "0.5");
  set("HF_HUB_DISABLE_SYMLINKS", "yes");
  set("HF_ENDPOINT", "http://127.0.0.1:8080/mirror//");
  const HubSettings settings = hub_settings();
  EXPECT_EQ(settings.etag_timeout, std::chrono::seconds{2});
  EXPECT_EQ(settings.download_timeout, std::chrono::milliseconds{500});
  EXPECT_FALSE(settings.links);
  EXPECT_EQ(settings.endpoint, "http://127.0.0.1:8080/mirror");
}

TEST_F(HubSettingsTest, NamesTheVariableWhoseValueMakesNoSense) {
  for (const char* bad : {"ten", "-1", "1e9", "nan", "5 s"}) {
    set("HF_HUB_ETAG_TIMEOUT", bad);
    EXPECT_THAT(failure(), HasSubstr("HF_HUB_ETAG_TIMEOUT is '")) << bad;
  }
  set("HF_HUB_ETAG_TIMEOUT", std::nullopt);
  for (const char* bad : {"huggingface.co", "ftp://x", "https://", "https:///x", "https://a b"}) {
    set("HF_ENDPOINT", bad);
    EXPECT_THAT(failure(), HasSubstr("HF_ENDPOINT is '")) << bad;
  }
  set("HF_ENDPOINT", "https://me:secret@example.org");
  EXPECT_THAT(failure(), ::testing::AllOf(HasSubstr("HF_ENDPOINT holds a name or password"),
                                          ::testing::Not(HasSubstr("secret"))));
  set("HF_ENDPOINT", std::nullopt);
  set("SSL_CERT_FILE", (root.path() / "none.pem").string());
  EXPECT_THAT(failure(), HasSubstr("SSL_CERT_FILE names "));
}

TEST_F(HubSettingsTest, TakesCertificatesFromTheUsualVariables) {
  const std::string file = root.write("ca.pem", "x").string();
  set("CURL_CA_BUNDLE", file);
  EXPECT_EQ(hub_settings().ca_file, file);
  set("REQUESTS_CA_BUNDLE", root.path().string());
  EXPECT_EQ(hub_settings().ca_file, "");
  EXPECT_EQ(hub_settings().ca_folder, root.path().string());
}

}  // namespace
}  // namespace medbench
