#include "tests/hub/fake_hub.hpp"

#include <fmt/format.h>

#include "hub/content_hash.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::testing {

namespace {

std::string last_part(const std::string& target) {
  return target.substr(target.rfind('/') + 1);
}

}  // namespace

Reply content_reply(const ServedRequest& request, const std::string& content, const std::string& etag) {
  Reply reply{.fields = {{"ETag", "\"" + etag + "\""}}, .body = content};
  const auto range = request.fields.find("range");
  if (range == request.fields.end()) return reply;
  const std::size_t offset = std::stoul(range->second.substr(std::string("bytes=").size()));
  if (offset >= content.size()) return {.status = 416};
  reply.status = 206;
  reply.body = content.substr(offset);
  reply.fields.emplace_back("Content-Range",
                            fmt::format("bytes {}-{}/{}", offset, content.size() - 1, content.size()));
  return reply;
}

FakeHub::FakeHub(std::string id)
    : id_(std::move(id)),
      store_([this](const ServedRequest& request) {
        if (store_intercept_) {
          if (auto reply = store_intercept_(request)) return *reply;
        }
        return answer_of_store(request);
      }),
      hub_([this](const ServedRequest& request) {
        if (hub_intercept_) {
          if (auto reply = hub_intercept_(request)) return *reply;
        }
        return answer(request);
      }) {}

void FakeHub::add(const std::string& name, const std::string& content, bool is_large) {
  const TemporaryFolder folder;
  const auto file = folder.write("content", content);
  const std::string like(is_large ? 64 : 40, '0');
  files_[name] = {.content = content, .hash = content_hash(file, like).value(), .is_large = is_large};
}

Reply FakeHub::error(int status, std::string_view code) {
  return {.status = status, .fields = {{"X-Error-Code", std::string(code)}}};
}

Reply FakeHub::answer(const ServedRequest& request) const {
  const std::string begin = "/" + id_ + "/resolve/";
  if (!request.target.starts_with(begin)) return error(401, "RepoNotFound");
  const std::string rest = request.target.substr(begin.size());
  const std::string revision = rest.substr(0, rest.find('/'));
  if (revision != "main" && revision != commit_) return error(404, "RevisionNotFound");
  const auto found = files_.find(last_part(request.target));
  if (found == files_.end()) {
    Reply reply = error(404, "EntryNotFound");
    reply.fields.emplace_back("X-Repo-Commit", commit_);
    return reply;
  }
  const File& file = found->second;
  Reply reply = content_reply(request, file.content, file.hash);
  if (file.is_large) {
    reply = {.status = 302,
             .fields = {{"Location", store_.url() + "/store/" + file.hash},
                        {"X-Linked-Etag", "\"" + file.hash + "\""},
                        {"X-Linked-Size", std::to_string(file.content.size())}}};
  }
  reply.fields.emplace_back("X-Repo-Commit", commit_);
  return reply;
}

Reply FakeHub::answer_of_store(const ServedRequest& request) const {
  for (const auto& [name, file] : files_) {
    if (file.hash == last_part(request.target))
      return content_reply(request, file.content, "store-" + file.hash.substr(0, 8));
  }
  return {.status = 404};
}

std::vector<std::string> FakeHub::short_names(const std::vector<ServedRequest>& requests) {
  std::vector<std::string> names;
  names.reserve(requests.size());
  for (const ServedRequest& request : requests)
    names.push_back(request.method + " " + last_part(request.target));
  return names;
}

}  // namespace medbench::testing
