// HTTP: one request and its answer at a time. It follows no redirect and retries nothing, for who asks knows
// whom to trust with what.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/curl_library.hpp"

namespace medbench {

struct Url {
  std::string text;
  std::string origin;  // "https://host:443": what a token belongs to

  [[nodiscard]] bool is_plain() const { return origin.starts_with("http://"); }
};

struct HttpHead {
  long status = 0;
  std::map<std::string, std::string> fields;  // names in lower case

  // Empty where there is none.
  [[nodiscard]] std::string_view field(const std::string& name) const;
  // Nothing where it is none, or no number.
  [[nodiscard]] std::optional<std::uint64_t> number(const std::string& name) const;
};

struct HttpRequest {
  std::string url;
  bool head_only = false;
  std::vector<std::string> fields{};           // "Name: value"
  std::chrono::milliseconds whole_timeout{0};  // 0: none
  std::chrono::milliseconds stall_timeout{0};  // without a byte, and for the connection; 0: none
};

struct HttpAnswer {
  HttpHead head;            // status 0: nothing came
  std::string problem;      // of the connection; empty: the answer is whole
  bool is_stopped = false;  // by who asked
};

class Http {
 public:
  struct Settings {
    std::string ca_file{};
    std::string ca_folder{};
    std::function<bool()> is_cancelled{};  // asked about every second; may be empty
  };
  // Throws Environment where libcurl cannot be used.
  explicit Http(Settings settings);

  // `body` is given the answer's body piece by piece, with its head; false ends the request. It is called
  // once with an empty piece before the first.
  using Body = std::function<bool(const HttpHead&, std::span<const char>)>;
  HttpAnswer ask(const HttpRequest& request, const Body& body = {});

  // `location` as seen from `base`, which may be empty; nothing for what is no address of http or https.
  [[nodiscard]] std::optional<Url> locate(const std::string& base, const std::string& location) const;

 private:
  struct Exchange;
  void prepare(const HttpRequest& request, Exchange& exchange);

  Settings settings_;
  const CurlLibrary& curl_;
  std::unique_ptr<CURL, void (*)(CURL*)> handle_;  // keeps connections between requests
};

}  // namespace medbench
