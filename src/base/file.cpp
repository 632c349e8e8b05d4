#include "base/file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/descriptor.hpp"
#include "base/error.hpp"

namespace medbench {

namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

constexpr std::string_view kStandardInput = "-";

std::string read_to_end(int fd, std::string_view name, std::size_t max_bytes) {
  std::string content;
  std::array<char, 65536> chunk{};
  while (true) {
    const ssize_t count = ::read(fd, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw usage_error("cannot read {}: {}", name, reason(errno));
    if (count == 0) return content;
    content.append(chunk.data(), static_cast<std::size_t>(count));
    if (content.size() > max_bytes)
      throw usage_error("{} has more than the {} bytes that make sense here", name, max_bytes);
  }
}

struct RegularFile {
  UniqueFd fd;
  std::size_t size = 0;
};

// Throws Usage.
RegularFile open_regular(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    const std::string why = reason(errno);
    if (const auto link = dangling_link(path)) throw usage_error("cannot read {}", *link);
    throw usage_error("cannot read {}: {}", path.string(), why);
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw usage_error("cannot read {}: {}", path.string(), reason(errno));
  if (S_ISDIR(status.st_mode))
    throw usage_error("cannot read {}: it is a folder, a file is needed", path.string());
  if (!S_ISREG(status.st_mode)) throw usage_error("cannot read {}: it is not a regular file", path.string());
  return {std::move(fd), static_cast<std::size_t>(status.st_size)};
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const auto [fd, size] = open_regular(path);
  if (size > max_bytes)
    throw usage_error("{} has {} bytes, more than the {} that make sense here", path.string(), size,
                      max_bytes);
  return read_to_end(fd.get(), path.string(), max_bytes);  // files in /proc say that they are empty
}

bool is_stream(const std::string& name) {
  constexpr std::array<std::string_view, 3> kDescriptors{"/dev/stdin", "/dev/fd/", "/proc/self/fd/"};
  if (name == kStandardInput) return true;
  for (const std::string_view descriptor : kDescriptors) {
    if (name.starts_with(descriptor)) return true;
  }
  std::error_code ignored;
  const auto type = std::filesystem::status(name, ignored).type();
  return type == std::filesystem::file_type::fifo || type == std::filesystem::file_type::character ||
         type == std::filesystem::file_type::socket;
}

std::string read_stream(const std::string& name, std::size_t max_bytes) {
  if (name == kStandardInput) return read_to_end(STDIN_FILENO, "standard input", max_bytes);
  const UniqueFd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw usage_error("cannot read {}: {}", name, reason(errno));
  return read_to_end(fd.get(), name, max_bytes);
}

bool may_exist(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::status(path, error).type() != std::filesystem::file_type::not_found;
}

std::optional<std::string> dangling_link(const std::filesystem::path& path) {
  std::error_code error;
  const auto target = std::filesystem::read_symlink(path, error);
  if (error || may_exist(path)) return std::nullopt;
  return fmt::format("{} is a link to {}, which is not there", path.string(), target.string());
}

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path) {
  const auto [fd, size] = open_regular(path);
  map(fd.get(), size);
}

MappedFile::MappedFile(std::filesystem::path path, const UniqueFd& fd) : path_(std::move(path)) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw usage_error("cannot map {}: {}", path_.string(), reason(errno));
  map(fd.get(), static_cast<std::size_t>(status.st_size));
}

void MappedFile::map(int fd, std::size_t size) {
  if (size == 0) return;
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (mapping == MAP_FAILED) {
    const int error = errno;
    const std::string why = fmt::format("cannot map {}: {}", path_.string(), reason(error));
    if (error == ENOMEM) throw environment_error("{}; raise ulimit -v", why);
    throw usage_error("{}", why);
  }
  data_ = static_cast<const std::byte*>(mapping);
  size_ = size;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

namespace {

// What a file system or a sandbox answers to a call that it does not have.
bool is_missing_call(int error) {
  return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == EPERM;
}

constexpr mode_t kAsUmaskSays = 0666;

// A temporary file in a folder, removed unless it was kept.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& final_path) {
    // mkostemp would leave the rights to a later call, which some file systems refuse.
    for (int number = 1; !fd_; ++number) {
      path_ = fmt::format("{}.tmp-{}-{}", final_path.string(), ::getpid(), number);
      fd_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kAsUmaskSays));
      if (!fd_ && errno != EEXIST)
        throw environment_error("cannot write {}: {}", final_path.string(), reason(errno));
    }
  }
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  // All pieces, one after another, and to the disk.
  void write(std::span<const std::string_view> pieces, const std::filesystem::path& final_path) {
    for (const std::string_view piece : pieces) append(piece, final_path);
    const bool is_flushed = ::fsync(fd_.get()) == 0 || is_missing_call(errno);
    if (!is_flushed || ::close(fd_.release()) != 0)
      throw environment_error("cannot write {}: {}", final_path.string(), reason(errno));
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  void keep() { path_.clear(); }

 private:
  void append(std::string_view content, const std::filesystem::path& final_path) {
    while (!content.empty()) {
      const ssize_t count = ::write(fd_.get(), content.data(), content.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw environment_error("cannot write {}: {}", final_path.string(), reason(errno));
      content.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  std::string path_;
  UniqueFd fd_;
};

// Makes a rename or link in this folder survive a power failure; folders that cannot be synced are left
// alone.
void sync_folder(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

// Gives a file the name `to` unless that is taken (EEXIST). Hard links would do the same, but there are file
// systems without them: exFAT, SMB, much that is mounted through FUSE.
bool rename_to_free_name(const std::string& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (!is_missing_call(errno)) return false;
  // An empty file takes the name, and the whole one then its place.
  const UniqueFd place(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kAsUmaskSays));
  if (!place) return false;
  if (::rename(from.c_str(), to.c_str()) == 0) return true;
  const int error = errno;
  ::unlink(to.c_str());
  errno = error;
  return false;
}

}  // namespace

void ensure_writable_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::error_code unknown;
  if (!std::filesystem::is_directory(directory, unknown)) {
    const bool is_there = std::filesystem::exists(directory, unknown);
    const std::string why = is_there ? "it is not a folder" : error.message();
    throw usage_error("cannot use {} as a folder for output: {}; choose another one", directory.string(),
                      why);
  }
  try {
    // As results will be written.
    ::unlink(write_new_file(directory / ".medbench-probe", "medbench\n").c_str());
  } catch (const Error& failure) {
    throw usage_error("cannot use {} as a folder for output: {}; choose another one", directory.string(),
                      failure.what());
  }
}

void replace_file(const std::filesystem::path& path, std::string_view content) {
  TemporaryFile file(path);
  file.write(std::array{content}, path);
  if (::rename(file.path().c_str(), path.c_str()) != 0) {
    throw environment_error("cannot write {}: {}", path.string(), reason(errno));
  }
  file.keep();
  sync_folder(path);
}

std::filesystem::path write_new_file(const std::filesystem::path& path, std::string_view content) {
  return write_new_file(path, std::array{content});
}

std::filesystem::path write_new_file(const std::filesystem::path& path,
                                     std::span<const std::string_view> pieces) {
  TemporaryFile file(path);
  file.write(pieces, path);
  constexpr int kMostNames = 1'000'000;
  auto candidate = path;
  for (int number = 2; number < kMostNames; ++number) {
    if (rename_to_free_name(file.path(), candidate)) {
      file.keep();
      sync_folder(path);
      return candidate;
    }
    if (errno != EEXIST) throw environment_error("cannot write {}: {}", candidate.string(), reason(errno));
    candidate =
        path.parent_path() / fmt::format("{}-{}{}", path.stem().string(), number, path.extension().string());
  }
  throw environment_error("cannot write {}: every name like it is taken", path.string());
}

std::string absolute_path(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace medbench
