#include "data/zip_archive.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.hpp"

namespace medbench {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kLocatorBytes = 20;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kLongestComment = 0xFFFF;
constexpr std::uint64_t kIn64 = 0xFFFFFFFF;  // the number is in the extra field
constexpr std::uint64_t kEncrypted = 1;

class ZipReader {
 public:
  ZipReader(std::string_view file, std::string_view origin) : file_(file), origin_(origin) {}

  ZipMembers read();

 private:
  struct Directory {
    std::uint64_t begin = 0;
    std::uint64_t bytes = 0;
    std::uint64_t entries = 0;
  };
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
    std::string_view name;
  };

  [[noreturn]] void fail(std::string_view what) const {
    throw usage_error("{}: its ZIP directory {}; the file is damaged or truncated", origin_, what);
  }
  [[noreturn]] void fail(std::string_view name, std::string_view what) const {
    throw usage_error("{}: its ZIP member '{}' {}; the file is damaged or truncated", origin_,
                      printable(name), what);
  }

  // `bytes` reach that far.
  static std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
      value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    return value;
  }
  // Empty where the file does not have them.
  [[nodiscard]] std::string_view bytes_at(std::uint64_t begin, std::uint64_t count) const {
    if (begin > file_.size() || count > file_.size() - begin) return {};
    return file_.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(count));
  }

  [[nodiscard]] std::size_t find_end() const;
  [[nodiscard]] Directory find_directory() const;
  // Takes an entry off the front of the directory.
  void read_entry(std::string_view& directory, std::uint64_t data_end);
  void widen(std::string_view name, std::string_view extra, std::uint64_t& size, std::uint64_t& packed_size,
             std::uint64_t& local) const;
  void check_overlaps();

  std::string_view file_;
  std::string_view origin_;
  ZipMembers members_;
  std::vector<Range> ranges_;
};

// Where the record is that ends the file, before a comment.
std::size_t ZipReader::find_end() const {
  constexpr std::size_t kCommentAt = 20;
  for (std::size_t comment = 0; comment <= kLongestComment && comment + kEndBytes <= file_.size();
       ++comment) {
    const std::size_t begin = file_.size() - kEndBytes - comment;
    if (file_.substr(begin).starts_with("PK\5\6"sv) && number(file_, begin + kCommentAt, 2) == comment)
      return begin;
  }
  fail("is missing");
}

ZipReader::Directory ZipReader::find_directory() const {
  const std::size_t end = find_end();
  Directory found{number(file_, end + 16, 4), number(file_, end + 12, 4), number(file_, end + 10, 2)};
  bool is_split = number(file_, end + 4, 4) != 0;
  std::size_t limit = end;
  const std::string_view locator =
      end < kLocatorBytes ? std::string_view() : file_.substr(end - kLocatorBytes, kLocatorBytes);
  if (locator.starts_with("PK\6\7"sv)) {
    const std::uint64_t at = number(locator, 8, 8);
    const std::string_view end64 = bytes_at(at, kEnd64Bytes);
    if (!end64.starts_with("PK\6\6"sv)) fail("is not where its locator says");
    found = {number(end64, 48, 8), number(end64, 40, 8), number(end64, 32, 8)};
    is_split = number(end64, 16, 8) != 0;
    limit = static_cast<std::size_t>(at);
  }
  if (is_split) fail("is that of several disks");
  if (found.begin > limit || found.bytes != limit - found.begin) fail("does not end where the file says");
  return found;
}

// Numbers that do not fit into 32 bits, in the order in which they are missing.
void ZipReader::widen(std::string_view name, std::string_view extra, std::uint64_t& size,
                      std::uint64_t& packed_size, std::uint64_t& local) const {
  constexpr std::size_t kHead = 4;
  constexpr std::uint64_t kZip64 = 1;
  while (extra.size() >= kHead) {
    const std::uint64_t kind = number(extra, 0, 2);
    std::string_view field = extra.substr(kHead, static_cast<std::size_t>(number(extra, 2, 2)));
    extra.remove_prefix(kHead + field.size());
    if (kind != kZip64) continue;
    for (std::uint64_t* const value : {&size, &packed_size, &local}) {
      if (*value != kIn64 || field.size() < 8) continue;
      *value = number(field, 0, 8);
      field.remove_prefix(8);
    }
    return;
  }
  if (size == kIn64 || packed_size == kIn64 || local == kIn64) fail(name, "lacks its size in 64 bits");
}

void ZipReader::read_entry(std::string_view& directory, std::uint64_t data_end) {
  if (!directory.starts_with("PK\1\2"sv) || directory.size() < kEntryBytes)
    fail(fmt::format("has no entry {}, which it counts", members_.size() + 1));
  const std::string_view entry = directory.substr(0, kEntryBytes);
  const auto name_bytes = static_cast<std::size_t>(number(entry, 28, 2));
  const auto extra_bytes = static_cast<std::size_t>(number(entry, 30, 2));
  const std::size_t entry_bytes =
      kEntryBytes + name_bytes + extra_bytes + static_cast<std::size_t>(number(entry, 32, 2));
  if (entry_bytes > directory.size()) fail(fmt::format("ends within entry {}", members_.size() + 1));
  const std::string_view name = directory.substr(kEntryBytes, name_bytes);
  std::uint64_t packed_size = number(entry, 20, 4);
  std::uint64_t size = number(entry, 24, 4);
  std::uint64_t local = number(entry, 42, 4);
  widen(name, directory.substr(kEntryBytes + name_bytes, extra_bytes), size, packed_size, local);
  directory.remove_prefix(entry_bytes);

  const std::string_view head = bytes_at(local, kLocalBytes);
  if (!head.starts_with("PK\3\4"sv)) fail(name, fmt::format("is not at byte {}", local));
  const std::uint64_t name_at = local + kLocalBytes;
  if (bytes_at(name_at, number(head, 26, 2)) != name) fail(name, "has another name where it lies");
  if (((number(entry, 8, 2) | number(head, 6, 2)) & kEncrypted) != 0) fail(name, "is encrypted");
  const std::uint64_t method = number(entry, 10, 2);
  if (method != number(head, 8, 2)) fail(name, "is packed in another way than the directory says");
  if (method == 0 && size != packed_size) fail(name, fmt::format("has {} bytes and {}", size, packed_size));
  const std::uint64_t begin = name_at + name_bytes + number(head, 28, 2);
  if (begin > data_end || packed_size > data_end - begin)
    fail(name, fmt::format("has {} bytes at byte {} where the directory begins at {}", packed_size, begin,
                           data_end));
  const ZipMember member{bytes_at(begin, packed_size), method != 0};
  if (!members_.emplace(name, member).second) fail(name, "is there twice");
  ranges_.push_back({local, begin + packed_size, name});
}

void ZipReader::check_overlaps() {
  std::ranges::sort(ranges_, {}, &Range::begin);
  for (std::size_t i = 1; i < ranges_.size(); ++i) {
    if (ranges_[i].begin < ranges_[i - 1].end)
      fail(ranges_[i].name, fmt::format("overlaps '{}'", printable(ranges_[i - 1].name)));
  }
}

ZipMembers ZipReader::read() {
  const Directory found = find_directory();
  std::string_view rest = bytes_at(found.begin, found.bytes);
  for (std::uint64_t i = 0; i < found.entries; ++i) read_entry(rest, found.begin);
  if (!rest.empty()) fail(fmt::format("goes on behind its {} entries", found.entries));
  check_overlaps();
  return std::move(members_);
}

}  // namespace

ZipMembers read_zip_directory(std::string_view file, std::string_view origin) {
  return ZipReader(file, origin).read();
}

}  // namespace medbench
