#include "hub/http.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <utility>

#include "base/error.hpp"
#include "base/sigpipe_shield.hpp"

namespace medbench {
namespace {

constexpr std::size_t kMaxHeadBytes = std::size_t{256} << 10U;
constexpr const char* kProtocols = "http,https";

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const auto first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

}  // namespace

// What libcurl's callbacks share.
struct Http::Exchange {
  const Body& body;
  const std::function<bool()>& is_cancelled;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> fields;
  std::chrono::milliseconds stall_timeout;
  HttpAnswer answer{};
  std::array<char, CURL_ERROR_SIZE> message{};
  std::size_t head_bytes = 0;
  bool has_begun = false;
  std::chrono::steady_clock::time_point last_came = std::chrono::steady_clock::now();
  bool is_stalled = false;
  std::exception_ptr failure{};  // no exception may pass through libcurl

  // False where the request is to end.
  bool give(std::span<const char> piece) {
    try {
      if (body && !body(answer.head, piece)) answer.is_stopped = true;
    } catch (...) {
      failure = std::current_exception();
      answer.is_stopped = true;
    }
    return !answer.is_stopped;
  }

  static std::size_t take_head(char* data, std::size_t /*size*/, std::size_t count, void* pointer) {
    auto& exchange = *static_cast<Exchange*>(pointer);
    exchange.last_came = std::chrono::steady_clock::now();
    exchange.head_bytes += count;
    if (exchange.head_bytes > kMaxHeadBytes) return 0;
    const std::string_view line(data, count);
    HttpHead& head = exchange.answer.head;
    if (line.starts_with("HTTP/")) {  // an answer that only announces the real one went before
      head = {};
      const auto blank = line.find(' ');
      if (blank != std::string_view::npos)
        std::from_chars(line.data() + blank + 1, line.data() + line.size(), head.status);
    } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
      head.fields.insert_or_assign(lower_case(line.substr(0, colon)),
                                   std::string(trimmed(line.substr(colon + 1))));
    }
    return count;
  }

  static std::size_t take_body(char* data, std::size_t /*size*/, std::size_t count, void* pointer) {
    auto& exchange = *static_cast<Exchange*>(pointer);
    exchange.last_came = std::chrono::steady_clock::now();
    if (!std::exchange(exchange.has_begun, true) && !exchange.give({})) return 0;
    return exchange.give({data, count}) ? count : 0;
  }

  static int take_progress(void* pointer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& exchange = *static_cast<Exchange*>(pointer);
    if (exchange.is_cancelled && exchange.is_cancelled()) exchange.answer.is_stopped = true;
    // libcurl's own limit looks at the mean of some seconds, and so is late.
    const auto silence = std::chrono::steady_clock::now() - exchange.last_came;
    exchange.is_stalled = exchange.stall_timeout.count() > 0 && silence > exchange.stall_timeout;
    return exchange.answer.is_stopped || exchange.is_stalled ? 1 : 0;
  }
};

std::string_view HttpHead::field(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string_view() : found->second;
}

std::optional<std::uint64_t> HttpHead::number(const std::string& name) const {
  const std::string_view text = field(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Http::Http(Settings settings)
    : settings_(std::move(settings)), curl_(curl_library()), handle_(curl_.easy_init(), curl_.easy_cleanup) {
  if (!handle_) throw environment_error("libcurl cannot be used: curl_easy_init gives nothing");
}

void Http::prepare(const HttpRequest& request, Exchange& exchange) {
  const auto set = [&](CURLoption option, auto value) {
    return curl_.easy_setopt(handle_.get(), option, value);
  };
  curl_.easy_reset(handle_.get());
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_NOBODY, request.head_only ? 1L : 0L);
  set(CURLOPT_HTTPHEADER, exchange.fields.get());
  set(CURLOPT_ACCEPT_ENCODING, "identity");  // and what comes packed all the same is unpacked
  set(CURLOPT_USERAGENT, "medbench/" MEDBENCH_VERSION);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROTOCOLS_STR, kProtocols);  // older ones do not know it; locate() lets nothing else through
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_ERRORBUFFER, exchange.message.data());
  set(CURLOPT_HEADERFUNCTION, &Exchange::take_head);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&exchange));
  set(CURLOPT_WRITEFUNCTION, &Exchange::take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Exchange::take_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&exchange));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.whole_timeout.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::max(request.whole_timeout, request.stall_timeout).count()));
  if (!settings_.ca_file.empty()) set(CURLOPT_CAINFO, settings_.ca_file.c_str());
  if (!settings_.ca_folder.empty()) set(CURLOPT_CAPATH, settings_.ca_folder.c_str());
}

HttpAnswer Http::ask(const HttpRequest& request, const Body& body) {
  Exchange exchange{.body = body,
                    .is_cancelled = settings_.is_cancelled,
                    .fields = {nullptr, curl_.slist_free_all},
                    .stall_timeout = request.stall_timeout};
  for (const std::string& field : request.fields) {
    curl_slist* longer = curl_.slist_append(exchange.fields.get(), field.c_str());
    if (longer == nullptr) throw environment_error("no memory for the fields of a request");
    static_cast<void>(exchange.fields.release());
    exchange.fields.reset(longer);
  }
  prepare(request, exchange);
  const SigpipeShield shield;
  const CURLcode code = curl_.easy_perform(handle_.get());
  HttpAnswer& answer = exchange.answer;
  if (code == CURLE_OK && !request.head_only && !exchange.has_begun) exchange.give({});
  if (exchange.failure) std::rethrow_exception(exchange.failure);
  if (exchange.is_stalled) {
    answer.problem =
        fmt::format("nothing came for {:.3g} s", static_cast<double>(request.stall_timeout.count()) / 1000);
  } else if (code != CURLE_OK && !answer.is_stopped) {
    answer.problem =
        printable(exchange.message[0] != '\0' ? exchange.message.data() : curl_.easy_strerror(code));
  }
  return answer;
}

std::optional<Url> Http::locate(const std::string& base, const std::string& location) const {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_.url(), curl_.url_cleanup);
  if (!url) return std::nullopt;
  for (const std::string& part : {base, location}) {
    if (!part.empty() && curl_.url_set(url.get(), CURLUPART_URL, part.c_str(), CURLU_URLENCODE) != CURLUE_OK)
      return std::nullopt;
  }
  const auto get = [&](CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_.url_get(url.get(), part, &text, flags) != CURLUE_OK || text == nullptr) return std::string();
    std::string copy = text;
    curl_.free(text);
    return copy;
  };
  const std::string scheme = lower_case(get(CURLUPART_SCHEME));
  const std::string host = lower_case(get(CURLUPART_HOST));
  if ((scheme != "http" && scheme != "https") || host.empty()) return std::nullopt;
  return Url{.text = get(CURLUPART_URL),
             .origin = scheme + "://" + host + ":" + get(CURLUPART_PORT, CURLU_DEFAULT_PORT)};
}

}  // namespace medbench
