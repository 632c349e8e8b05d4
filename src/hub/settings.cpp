#include "hub/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/user_path.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUsualEndpoint = "https://huggingface.co";
constexpr std::size_t kMaxTokenBytes = 4096;
constexpr double kUsualTimeoutS = 10;
constexpr double kLongestTimeoutS = 86'400;

// Empty where it is not set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

// Set and not empty, with ~ and variables in it replaced, as the hub's own library does it.
std::optional<fs::path> path_from_environment(const char* name) {
  const std::string value = variable(name);
  if (value.empty()) return std::nullopt;
  return expand_variables(expand_user(value));
}

fs::path hub_home() {
  if (const auto home = path_from_environment("HF_HOME")) return *home;
  if (const auto cache = path_from_environment("XDG_CACHE_HOME")) return *cache / "huggingface";
  return home_folder() / ".cache" / "huggingface";
}

bool is_true(std::string value) {
  constexpr std::array<std::string_view, 4> kTrue{"1", "ON", "YES", "TRUE"};
  std::ranges::transform(value, value.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return std::ranges::find(kTrue, value) != kTrue.end();
}

std::chrono::milliseconds timeout(const char* name) {
  const std::string text = variable(name);
  if (text.empty()) return std::chrono::milliseconds(std::llround(kUsualTimeoutS * 1000));
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || !(seconds >= 0) ||
      seconds > kLongestTimeoutS)
    throw usage_error("{} is '{}', not a number of seconds", name, printable(text));
  if (seconds == 0) seconds = kUsualTimeoutS;  // as the hub's own library does it
  return std::chrono::milliseconds(std::max<long long>(1, std::llround(seconds * 1000)));
}

std::string endpoint() {
  std::string text = variable("HF_ENDPOINT");
  while (text.ends_with('/')) text.pop_back();
  if (text.empty()) return std::string(kUsualEndpoint);
  const bool has_scheme = text.starts_with("https://") || text.starts_with("http://");
  const std::string_view host = std::string_view(text).substr(std::min(text.size(), text.find("://") + 3));
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!has_scheme || host.empty() || host.starts_with('/') || !is_plain)
    throw usage_error("HF_ENDPOINT is '{}', not an address such as {}", printable(text), kUsualEndpoint);
  if (host.substr(0, host.find('/')).find('@') != std::string_view::npos)
    throw usage_error("HF_ENDPOINT holds a name or password; give a token, in HF_TOKEN, instead");
  return text;
}

std::string trimmed(std::string text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  text.erase(text.begin(), std::ranges::find_if_not(text, is_space));
  while (!text.empty() && is_space(text.back())) text.pop_back();
  return text;
}

// It goes into a header: nothing in it may end that.
std::string checked_token(std::string token, const std::string& origin) {
  token = trimmed(std::move(token));
  if (!std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; }))
    throw usage_error("{} holds characters that no token has", origin);
  return token;
}

std::string token() {
  if (is_true(variable("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) return {};
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
    if (std::string found = checked_token(variable(name), name); !found.empty()) return found;
  }
  const fs::path file = path_from_environment("HF_TOKEN_PATH").value_or(hub_home() / "token");
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return {};
  return checked_token(read_text_file(file, kMaxTokenBytes), file.string());
}

}  // namespace

fs::path hub_cache_directory() {
  if (const auto cache = path_from_environment("HF_HUB_CACHE")) return *cache;
  if (const auto cache = path_from_environment("HUGGINGFACE_HUB_CACHE")) return *cache;
  return hub_home() / "hub";
}

std::string offline_variable() {
  for (const char* name : {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"}) {
    if (const std::string value = variable(name); !value.empty()) return is_true(value) ? name : "";
  }
  return {};
}

HubSettings hub_settings() {
  HubSettings settings{.cache = absolute_path(hub_cache_directory().string()),
                       .endpoint = endpoint(),
                       .offline = offline_variable(),
                       .token = token(),
                       .ca_file = {},
                       .ca_folder = {},
                       .etag_timeout = timeout("HF_HUB_ETAG_TIMEOUT"),
                       .download_timeout = timeout("HF_HUB_DOWNLOAD_TIMEOUT"),
                       .links = !is_true(variable("HF_HUB_DISABLE_SYMLINKS"))};
  for (const char* name : {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    const std::string place = variable(name);
    if (place.empty()) continue;
    std::error_code ignored;
    if (!fs::exists(place, ignored))
      throw usage_error("{} names {}, which is not there", name, printable(place));
    (fs::is_directory(place, ignored) ? settings.ca_folder : settings.ca_file) = place;
    break;
  }
  if (settings.ca_folder.empty()) settings.ca_folder = variable("SSL_CERT_DIR");
  return settings;
}

}  // namespace medbench
