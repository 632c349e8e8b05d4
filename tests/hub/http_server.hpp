// A server on this machine that answers as a test says, also wrongly, slowly or not to the end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"

namespace medbench::testing {

struct ServedRequest {
  std::string method;
  std::string target;                         // "/org/name/resolve/main/config.json"
  std::map<std::string, std::string> fields;  // names in lower case
};

struct Reply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields{};
  std::string body{};
  std::optional<std::string> length{};       // in place of the body's own; empty: no Content-Length
  std::optional<std::size_t> cut_after{};    // bytes of the body; then the connection is closed
  std::optional<std::size_t> stall_after{};  // bytes of the body; then nothing more comes
  std::chrono::milliseconds pause{0};        // before anything is sent
  bool is_silent = false;                    // closes the connection without a word
};

class HttpServer {
 public:
  using Handler = std::function<Reply(const ServedRequest&)>;
  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<ServedRequest> requests() const;
  [[nodiscard]] std::size_t connections() const { return connections_; }
  void forget_requests();

 private:
  void accept_all();
  void serve(UniqueFd connection);

  Handler handler_;
  UniqueFd listener_;
  int port_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<std::size_t> connections_ = 0;
  mutable std::mutex mutex_;  // of what follows
  std::vector<ServedRequest> requests_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace medbench::testing
