#include "data/gzip.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <limits>
#include <system_error>
#include <unistd.h>
#include <zlib.h>

#include "base/error.hpp"

namespace medbench {

namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

std::filesystem::path temporary_folder() {
  std::error_code error;
  std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  return error ? std::filesystem::path("/tmp") : folder;
}

class UnpackedFile {
 public:
  explicit UnpackedFile(const std::string& origin) : origin_(origin), folder_(temporary_folder()) {
    std::string name = (folder_ / "medbench-text-XXXXXX").string();
    fd_.reset(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd_) fail(errno);
    ::unlink(name.c_str());
  }

  void write(std::span<const Bytef> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(errno);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }

  UniqueFd take() { return std::move(fd_); }

 private:
  [[noreturn]] void fail(int error) const {
    throw environment_error(
        "{}: cannot be unpacked into {}: {}; make room there, or let TMPDIR name another folder", origin_,
        folder_.string(), reason(error));
  }

  const std::string& origin_;
  std::filesystem::path folder_;
  UniqueFd fd_;
};

class Inflater {
 public:
  explicit Inflater(std::span<const std::byte> packed, const std::string& origin)
      : packed_(packed), origin_(origin) {
    constexpr int kGzipAlone = 16;
    if (::inflateInit2(&stream_, MAX_WBITS + kGzipAlone) != Z_OK)
      throw environment_error("{}: cannot be unpacked: no memory is left", origin_);
  }
  ~Inflater() { ::inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Some more bytes, at least one, in a buffer that the next call uses again; none at the end.
  std::span<const Bytef> next() {
    while (true) {
      stream_.next_out = buffer_.data();
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      refill();
      const int answer = ::inflate(&stream_, Z_NO_FLUSH);
      const std::span<const Bytef> unpacked(buffer_.data(), buffer_.size() - stream_.avail_out);
      if (answer == Z_STREAM_END) {
        if (!begin_member()) is_done_ = true;
      } else if (answer != Z_OK && answer != Z_BUF_ERROR) {
        throw usage_error("{}: its gzip is broken at byte {}: {}", origin_, position(),
                          stream_.msg == nullptr ? "no reason is known" : stream_.msg);
      } else if (unpacked.empty() && stream_.avail_in == 0 && taken_ == packed_.size()) {
        throw usage_error("{}: its gzip is cut short after {} bytes; copy the file again", origin_,
                          packed_.size());
      }
      if (!unpacked.empty() || is_done_) return unpacked;
    }
  }
  [[nodiscard]] bool is_done() const { return is_done_; }

 private:
  void refill() {
    if (stream_.avail_in > 0) return;
    const std::size_t most = std::numeric_limits<uInt>::max();
    const std::span<const std::byte> more = packed_.subspan(taken_, std::min(most, packed_.size() - taken_));
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(more.data()));
    stream_.avail_in = static_cast<uInt>(more.size());
    taken_ += more.size();
  }

  [[nodiscard]] std::size_t position() const { return taken_ - stream_.avail_in; }

  // Whether another member follows. Zeros at the end are what block devices leave.
  bool begin_member() {
    const std::span<const std::byte> rest = packed_.subspan(position());
    if (std::ranges::all_of(rest, [](std::byte byte) { return byte == std::byte{0}; })) return false;
    if (!is_gzip(rest))
      throw usage_error("{}: its gzip ends at byte {}, where something else follows", origin_, position());
    ::inflateReset(&stream_);
    return true;
  }

  std::span<const std::byte> packed_;
  const std::string& origin_;
  z_stream stream_{};
  std::size_t taken_ = 0;
  bool is_done_ = false;
  std::array<Bytef, 1U << 16U> buffer_{};
};

}  // namespace

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1F} && bytes[1] == std::byte{0x8B};
}

UniqueFd unpack_gzip(std::span<const std::byte> packed, const std::string& origin) {
  UnpackedFile file(origin);
  Inflater inflater(packed, origin);
  while (!inflater.is_done()) file.write(inflater.next());
  return file.take();
}

}  // namespace medbench
