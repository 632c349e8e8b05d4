#include "hub/hub_client.hpp"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "hub/repository_cache.hpp"

namespace medbench {
namespace {

constexpr int kMostRedirects = 10;
constexpr std::size_t kMaxHashBytes = 128;
constexpr const char* kCommit = "x-repo-commit";
constexpr const char* kErrorCode = "x-error-code";

bool is_redirect(const HttpHead& head) {
  constexpr std::array<long, 5> kStatuses{301, 302, 303, 307, 308};
  return std::ranges::find(kStatuses, head.status) != kStatuses.end() && !head.field("location").empty();
}

bool is_busy(long status) {
  return status == 408 || status == 429 || status >= 500;
}

// Without what a weak one begins with and the quotes.
std::string_view without_quotes(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"'))
    etag = etag.substr(1, etag.size() - 2);
  return etag;
}

// Empty where the answer has none.
std::string_view hash_in(const HttpHead& head) {
  const std::string_view linked = head.field("x-linked-etag");
  return without_quotes(linked.empty() ? head.field("etag") : linked);
}

// "503", "429 (Too many requests)".
std::string shown_status(const HttpHead& head) {
  const std::string_view message = head.field("x-error-message");
  return message.empty() ? std::to_string(head.status)
                         : fmt::format("{} ({})", head.status, printable(message));
}

std::string escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          c == '-' || c == '_' || c == '.' || c == '~';
    escaped += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return escaped;
}

}  // namespace

HubClient::HubClient(const HubSettings& settings, RetryPolicy policy, Say say,
                     std::function<bool()> is_cancelled)
    : settings_(settings),
      policy_(policy),
      say_(std::move(say)),
      is_cancelled_(std::move(is_cancelled)),
      http_({.ca_file = settings.ca_file, .ca_folder = settings.ca_folder, .is_cancelled = is_cancelled_}) {
  const auto endpoint = http_.locate({}, settings_.endpoint);
  if (!endpoint) throw usage_error("HF_ENDPOINT is '{}', which is no address", printable(settings_.endpoint));
  own_origin_ = endpoint->origin;
}

std::string HubClient::url_of(const std::string& hub_id, const std::string& revision,
                              const std::string& name) const {
  return fmt::format("{}/{}/resolve/{}/{}", settings_.endpoint, hub_id, escaped(revision), escaped(name));
}

void HubClient::check_cancelled() const {
  if (is_cancelled_ && is_cancelled_()) throw runtime_failure("interrupted");
}

std::vector<std::string> HubClient::fields_for(const Url& url) const {
  if (settings_.token.empty() || url.origin != own_origin_) return {};
  return {"Authorization: Bearer " + settings_.token};
}

Error HubClient::unreachable() const {
  return environment_error("{} {}", settings_.endpoint, unreachable_);
}

HttpAnswer HubClient::head(std::string url) {
  for (int hop = 0; hop < kMostRedirects; ++hop) {
    const auto place = http_.locate({}, url);
    if (!place) break;
    HttpAnswer answer = http_.ask({.url = place->text,
                                   .head_only = true,
                                   .fields = fields_for(*place),
                                   .whole_timeout = settings_.etag_timeout});
    if (!answer.problem.empty() || answer.is_stopped || !is_redirect(answer.head)) return answer;
    // Elsewhere is where the content is: what is known about it is in this very answer.
    const auto next = http_.locate(place->text, std::string(answer.head.field("location")));
    if (!next || next->origin != place->origin) return answer;
    url = next->text;
  }
  return {.head = {}, .problem = "it redirects in a circle", .is_stopped = false};
}

RemoteFile HubClient::ask_for(const std::string& hub_id, const std::string& revision,
                              const std::string& name) {
  if (!unreachable_.empty()) throw unreachable();
  const std::string url = url_of(hub_id, revision, name);
  for (int next = 1;; ++next) {
    const HttpAnswer answer = head(url);
    check_cancelled();
    if (!answer.problem.empty()) {
      unreachable_ = "does not answer: " + answer.problem;
      throw unreachable();
    }
    const HttpHead& head = answer.head;
    const bool has_commit = is_commit(head.field(kCommit));
    const std::string_view code = head.field(kErrorCode);
    if (head.status == 404 && (code == "EntryNotFound" || code.empty()) &&
        (has_commit || is_commit(revision))) {
      return {.name = name,
              .exists = false,
              .is_marked = has_commit,
              .commit = has_commit ? std::string(head.field(kCommit)) : revision,
              .hash = {},
              .size = {}};
    }
    if (is_busy(head.status)) {
      if (wait_for_try(next, answer, hub_id)) continue;
      unreachable_ = fmt::format("answers {}", shown_status(head));
      throw unreachable();
    }
    if (const auto error = refusal(answer, hub_id, revision)) throw Error(*error);
    return read(answer, name);
  }
}

RemoteFile HubClient::read(const HttpAnswer& answer, const std::string& name) const {
  const HttpHead& head = answer.head;
  const std::string hash(hash_in(head));
  if (!is_commit(head.field(kCommit))) {
    throw environment_error(
        "{} does not answer as a model hub does (status {}, no commit): check HF_ENDPOINT, the proxy and the "
        "firewall",
        settings_.endpoint, head.status);
  }
  if (!is_file_name(hash) || hash.size() > kMaxHashBytes)
    throw environment_error("{} names no usable hash of {}: '{}'", settings_.endpoint, name, printable(hash));
  auto size = head.number("x-linked-size");
  if (!size && !is_redirect(head)) size = head.number("content-length");
  return {.name = name,
          .exists = true,
          .is_marked = true,
          .commit = std::string(head.field(kCommit)),
          .hash = hash,
          .size = size};
}

std::optional<Error> HubClient::refusal(const HttpAnswer& answer, const std::string& hub_id,
                                        const std::string& revision) const {
  const HttpHead& head = answer.head;
  const std::string_view code = head.field(kErrorCode);
  if (head.status < 400 || is_busy(head.status)) return std::nullopt;
  if (code == "RevisionNotFound")
    return usage_error("{} has no revision '{}' of {}{}", settings_.endpoint, printable(revision), hub_id,
                       is_commit(revision) ? "; medbench fetch --update takes the newest" : "");
  if (code == "GatedRepo") {
    return usage_error(
        "{}/{} is gated ({}): accept its terms there, and give a token of that account in HF_TOKEN",
        settings_.endpoint, hub_id, shown_status(head));
  }
  if (head.status == 401 || head.status == 403 || code == "RepoNotFound") {
    return usage_error("{} has no model {} that {} may read ({}): check the name{}", settings_.endpoint,
                       hub_id, settings_.token.empty() ? "everybody" : "this token", shown_status(head),
                       settings_.token.empty() ? ", or give a token in HF_TOKEN" : " and HF_TOKEN");
  }
  return usage_error("{} answers {} when it is asked for {}: check the name and HF_ENDPOINT",
                     settings_.endpoint, shown_status(head), hub_id);
}

HubClient::Got HubClient::get(const std::string& url, const std::string& hash, std::uint64_t offset,
                              const Http::Body& body) {
  Got got;
  const auto fail = [&](std::string problem) {
    got.answer.problem = std::move(problem);
    return got;
  };
  auto place = http_.locate({}, url);
  for (int hop = 0; hop < kMostRedirects; ++hop) {
    if (!place) return fail("it redirects to what is no address");
    got.is_own = place->origin == own_origin_;
    HttpRequest request{
        .url = place->text, .fields = fields_for(*place), .stall_timeout = settings_.download_timeout};
    if (offset > 0) request.fields.push_back(fmt::format("Range: bytes={}-", offset));
    const auto is_other = [&](const HttpHead& head) {
      const std::string_view found = hash_in(head);
      return got.is_own && head.status < 400 && !found.empty() && found != hash;
    };
    got.answer = http_.ask(request, [&](const HttpHead& head, std::span<const char> piece) {
      got.is_changed = is_other(head);
      return !got.is_changed && (is_redirect(head) || body(head, piece));
    });
    if (got.is_changed || got.answer.is_stopped || !got.answer.problem.empty()) return got;
    if (!is_redirect(got.answer.head)) return got;
    const auto next = http_.locate(place->text, std::string(got.answer.head.field("location")));
    if (next && next->is_plain() && !place->is_plain()) return fail("it redirects from https to http");
    place = next;
  }
  return fail("it redirects in a circle");
}

bool HubClient::wait_for_try(int next, const HttpAnswer& answer, const std::string& what) {
  if (next >= policy_.tries) return false;
  std::chrono::milliseconds wait = policy_.first_wait * (1 << std::min(next - 1, 10));
  if (const auto seconds = answer.head.number("retry-after"))
    wait = std::chrono::seconds(std::min<std::uint64_t>(*seconds, 86'400));
  if (wait > policy_.longest_wait) return false;
  if (say_) {
    say_(fmt::format("{}: {}; trying again in {} s", what,
                     answer.problem.empty() ? "the answer is " + shown_status(answer.head) : answer.problem,
                     (wait.count() + 999) / 1000));
  }
  const auto end = std::chrono::steady_clock::now() + wait;
  while (std::chrono::steady_clock::now() < end) {
    check_cancelled();
    std::this_thread::sleep_for(std::min(wait, std::chrono::milliseconds{50}));
  }
  return true;
}

}  // namespace medbench
