#include "tests/hub/http_server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>

namespace medbench::testing {
namespace {

constexpr std::size_t kMaxRequestBytes = 65536;

// Empty where the other side went away before the end of a request.
std::string read_request(int connection) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.find("\r\n\r\n") == std::string::npos && text.size() < kMaxRequestBytes) {
    const ssize_t count = ::recv(connection, buffer.data(), buffer.size(), 0);
    if (count <= 0) return {};
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

ServedRequest parse(const std::string& text) {
  ServedRequest request;
  const auto first = text.find(' ');
  request.method = text.substr(0, first);
  request.target = text.substr(first + 1, text.find(' ', first + 1) - first - 1);
  for (auto line = text.find("\r\n") + 2; line < text.size();) {
    const auto end = text.find("\r\n", line);
    const auto colon = text.find(": ", line);
    if (end == line || end == std::string::npos || colon == std::string::npos) break;
    std::string name = text.substr(line, colon - line);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    request.fields[name] = text.substr(colon + 2, end - colon - 2);
    line = end + 2;
  }
  return request;
}

void send_all(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

HttpServer::HttpServer(Handler handler)
    : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  constexpr int kBacklog = 64;
  if (::bind(listener_.get(), plain, size) != 0 || ::listen(listener_.get(), kBacklog) != 0 ||
      ::getsockname(listener_.get(), plain, &size) != 0) {
    throw std::runtime_error("cannot listen on this machine");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

HttpServer::~HttpServer() {
  is_stopping_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
}

std::vector<ServedRequest> HttpServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpServer::forget_requests() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
}

void HttpServer::accept_all() {
  while (!is_stopping_) {
    const int connection = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    ++connections_;
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, connection] { serve(UniqueFd(connection)); });
  }
}

void HttpServer::serve(UniqueFd connection) {
  const std::string text = read_request(connection.get());
  if (text.empty()) return;
  const ServedRequest request = parse(text);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const Reply reply = handler_(request);
  const auto wait = [&](std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (!is_stopping_ && std::chrono::steady_clock::now() < end) {
      pollfd polled{connection.get(), POLLRDHUP, 0};
      constexpr int kPollMs = 20;
      if (::poll(&polled, 1, kPollMs) > 0) return;
    }
  };
  wait(reply.pause);
  if (reply.is_silent) return;
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " X\r\nConnection: close\r\n";
  const std::string length = reply.length.value_or(std::to_string(reply.body.size()));
  if (!length.empty()) head += "Content-Length: " + length + "\r\n";
  for (const auto& [name, value] : reply.fields) head.append(name).append(": ").append(value).append("\r\n");
  send_all(connection.get(), head + "\r\n");
  if (request.method == "HEAD") return;
  const std::size_t sent =
      std::min(reply.cut_after.value_or(reply.body.size()), reply.stall_after.value_or(reply.body.size()));
  send_all(connection.get(), std::string_view(reply.body).substr(0, sent));
  if (reply.stall_after) wait(std::chrono::minutes{1});
}

}  // namespace medbench::testing
