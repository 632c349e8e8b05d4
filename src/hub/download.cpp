#include "hub/download.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <random>
#include <span>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/descriptor.hpp"
#include "base/error.hpp"
#include "hub/content_hash.hpp"
#include "hub/repository_cache.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

// Removed unless it was given its name.
class PartialFile {
 public:
  explicit PartialFile(const fs::path& blob) : blob_(blob) {
    path_ = fmt::format("{}.{:08x}{}", blob.string(), std::random_device{}(), kIncomplete);
    fd_.reset(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!fd_) fail();
  }
  ~PartialFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  void append(std::span<const char> piece) {
    while (!piece.empty()) {
      const ssize_t count = ::pwrite(fd_.get(), piece.data(), piece.size(), static_cast<off_t>(size_));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail();
      size_ += static_cast<std::uint64_t>(count);
      piece = piece.subspan(static_cast<std::size_t>(count));
    }
  }
  void clear() {
    if (::ftruncate(fd_.get(), 0) != 0) fail();
    size_ = 0;
  }
  void take_name() {
    const bool is_flushed = ::fsync(fd_.get()) == 0 || errno == EINVAL || errno == ENOSYS;
    if (!is_flushed || ::rename(path_.c_str(), blob_.c_str()) != 0) fail();
    path_.clear();
  }
  // Before the first byte, so that a full disk shows at once.
  void check_room(std::uint64_t bytes) const {
    struct statvfs status {};
    if (::fstatvfs(fd_.get(), &status) != 0) return;
    const std::uint64_t free = status.f_bavail * status.f_frsize;
    if (free >= bytes) return;
    throw environment_error(
        "{} has {} free, and {} are to come: make room, or set HF_HUB_CACHE to a larger place",
        blob_.parent_path().string(), megabytes(free), megabytes(bytes));
  }

 private:
  [[noreturn]] void fail() const {
    throw environment_error("cannot write {}: {}", path_, std::generic_category().message(errno));
  }

  fs::path blob_;
  std::string path_;
  UniqueFd fd_;
  std::uint64_t size_ = 0;
};

class Download {
 public:
  Download(HubClient& client, const RemoteFile& file, const DownloadPlace& place, const ShowBytes& show)
      : client_(client), file_(file), place_(place), show_(show), partial_(place.blob) {}

  bool run() {
    if (file_.size) partial_.check_room(*file_.size);
    for (int next = 1;; ++next) {
      const std::uint64_t before = partial_.size();
      problem_.clear();
      HubClient::Got got =
          client_.get(place_.url, file_.hash, before,
                      [&](const HttpHead& head, std::span<const char> piece) { return take(head, piece); });
      client_.check_cancelled();
      if (got.is_changed) return false;
      if (is_complete(got)) {
        partial_.take_name();
        return true;
      }
      // A store's own refusal may be that of an address that was good for a while.
      if (got.is_own) {
        if (const auto error = client_.refusal(got.answer, place_.hub_id, place_.revision);
            error && got.answer.head.status != 416)
          throw Error(*error);
      }
      if (!problem_.empty()) got.answer.problem = problem_;
      if (is_packed_) partial_.clear();                     // a range of it would be one of what is packed
      if (partial_.size() >= before + kProgress) next = 0;  // a connection that breaks, and yet is one
      if (wrong_contents_ > 1 || !client_.wait_for_try(next == 0 ? 1 : next, got.answer, file_.name)) {
        throw environment_error("{} cannot be downloaded: {}", file_.name,
                                got.answer.problem.empty()
                                    ? fmt::format("the answer is {}", got.answer.head.status)
                                    : got.answer.problem);
      }
    }
  }

 private:
  static constexpr std::uint64_t kProgress = std::uint64_t{1} << 20U;

  // False ends the request; problem_ then says why.
  bool take(const HttpHead& head, std::span<const char> piece) {
    if (head.status != 200 && head.status != 206) return true;  // the body of an error is of no interest
    if (piece.empty()) return begin(head);
    if (file_.size && partial_.size() + piece.size() > *file_.size) {
      problem_ = fmt::format("more than its {} bytes came", *file_.size);
      partial_.clear();
      return false;
    }
    partial_.append(piece);
    if (show_) show_(partial_.size(), file_.size);
    return true;
  }

  // The head of a content: goes on with what is here, or begins anew.
  bool begin(const HttpHead& head) {
    const std::string etag(head.field("etag"));
    is_packed_ = !head.field("content-encoding").empty() && head.field("content-encoding") != "identity";
    const std::string expected = fmt::format("bytes {}-", partial_.size());
    if (head.status == 206 &&
        (is_packed_ || !head.field("content-range").starts_with(expected) || etag != etag_)) {
      problem_ = "what is left of it is of another content";
      partial_.clear();
      return false;
    }
    if (head.status == 200) partial_.clear();
    etag_ = etag;
    return true;
  }

  bool is_complete(const HubClient::Got& got) {
    const long status = got.answer.head.status;
    if (status == 416) partial_.clear();
    if ((status != 200 && status != 206) || !got.answer.problem.empty() || !problem_.empty()) return false;
    if (file_.size && partial_.size() != *file_.size) {
      problem_ = fmt::format("{} of its {} bytes came", partial_.size(), *file_.size);
      return false;
    }
    const auto hash = content_hash(partial_.path(), file_.hash);
    if (!hash || *hash == file_.hash) return true;
    problem_ = fmt::format("its content has the hash {}, not {}", *hash, file_.hash);
    ++wrong_contents_;
    partial_.clear();
    return false;
  }

  HubClient& client_;
  const RemoteFile& file_;
  const DownloadPlace& place_;
  const ShowBytes& show_;
  PartialFile partial_;
  std::string etag_;  // of the content that is here in part
  bool is_packed_ = false;
  int wrong_contents_ = 0;
  std::string problem_;  // of the last try, as far as the connection does not know it
};

}  // namespace

bool download(HubClient& client, const RemoteFile& file, const DownloadPlace& place, const ShowBytes& show) {
  return Download(client, file, place, show).run();
}

}  // namespace medbench
