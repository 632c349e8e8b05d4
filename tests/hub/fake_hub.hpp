// A hub on this machine with one repository, org/tiny, that answers as the real one does unless a test says
// otherwise. Large files lie in a store on another origin.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/hub/http_server.hpp"

namespace medbench::testing {

class FakeHub {
 public:
  // Null: answers as it would.
  using Intercept = std::function<std::optional<Reply>(const ServedRequest&)>;

  explicit FakeHub(std::string id = "org/tiny");

  // Before the first request, or between two.
  void add(const std::string& name, const std::string& content, bool is_large = false);
  void remove(const std::string& name) { files_.erase(name); }
  void set_commit(const std::string& commit) { commit_ = commit; }
  void intercept(Intercept hub) { hub_intercept_ = std::move(hub); }
  void intercept_store(Intercept store) { store_intercept_ = std::move(store); }

  [[nodiscard]] std::string url() const { return hub_.url(); }
  [[nodiscard]] std::string store_url() const { return store_.url(); }
  [[nodiscard]] const std::string& commit() const { return commit_; }
  [[nodiscard]] std::string hash(const std::string& name) const { return files_.at(name).hash; }
  // "HEAD config.json", "GET config.json", in order; of the store "GET <hash>".
  [[nodiscard]] std::vector<std::string> asked() const { return short_names(hub_.requests()); }
  [[nodiscard]] std::vector<std::string> asked_store() const { return short_names(store_.requests()); }
  [[nodiscard]] HttpServer& server() { return hub_; }
  [[nodiscard]] HttpServer& store() { return store_; }
  // What it would answer.
  [[nodiscard]] Reply answer(const ServedRequest& request) const;
  [[nodiscard]] Reply answer_of_store(const ServedRequest& request) const;
  // An error as the hub words it.
  static Reply error(int status, std::string_view code);

 private:
  struct File {
    std::string content;
    std::string hash;
    bool is_large = false;
  };
  static std::vector<std::string> short_names(const std::vector<ServedRequest>& requests);

  std::string id_;
  std::string commit_ = "0123456789abcdef0123456789abcdef01234567";
  std::map<std::string, File> files_;
  Intercept hub_intercept_;
  Intercept store_intercept_;
  HttpServer store_;
  HttpServer hub_;
};

// The whole content, or the range that was asked for.
Reply content_reply(const ServedRequest& request, const std::string& content, const std::string& etag);

}  // namespace medbench::testing
