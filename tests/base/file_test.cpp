#include "base/file.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include "tests/support/denied_calls.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::TemporaryFolder;

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

// No file may grow beyond this, as on a disk that is nearly full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit small{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST(ReadTextFile, ReadsAllBytes) {
  const TemporaryFolder folder;
  const std::string text = std::string("a\0b\r\n\xFF", 6) + std::string(200'000, 'x');
  EXPECT_EQ(read_text_file(folder.write("file", text)), text);
  EXPECT_EQ(read_text_file(folder.write("empty", "")), "");
  EXPECT_NE(read_text_file("/proc/self/status"), "") << "a file whose size the kernel calls zero";
}

TEST(ReadTextFile, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  expect_error(ErrorKind::Usage, "No such file", [&] { read_text_file(folder.path() / "absent"); });
  expect_error(ErrorKind::Usage, "it is a folder", [&] { read_text_file(folder.path()); });
  const fs::path fifo = folder.path() / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  expect_error(ErrorKind::Usage, "not a regular file", [&] { read_text_file(fifo); });
  expect_error(ErrorKind::Usage, "not a regular file", [&] { read_text_file("/dev/zero"); });
  if (geteuid() == 0) return;  // root reads everything
  const auto locked = folder.write("locked", "x");
  fs::permissions(locked, fs::perms::none);
  expect_error(ErrorKind::Usage, "Permission denied", [&] { read_text_file(locked); });
}

TEST(ReadTextFile, RefusesWhatIsTooLarge) {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "12345");
  EXPECT_EQ(read_text_file(file, 5), "12345");
  expect_error(ErrorKind::Usage, "has 5 bytes, more than the 4", [&] { read_text_file(file, 4); });
  expect_error(ErrorKind::Usage, "more than the 10 bytes", [] { read_text_file("/proc/self/status", 10); });
  const auto sparse = folder.write("sparse", "");
  fs::resize_file(sparse, std::uintmax_t{1} << 40);
  expect_error(ErrorKind::Usage, "1099511627776 bytes", [&] { read_text_file(sparse); });
}

TEST(MayExist, SaysNoOnlyWhereNothingIs) {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "");
  EXPECT_TRUE(may_exist(file));
  EXPECT_TRUE(may_exist(folder.path()));
  EXPECT_FALSE(may_exist(folder.path() / "absent"));
  EXPECT_FALSE(may_exist(file / "below"));
  const fs::path impossible = folder.path() / std::string(300, 'a');
  EXPECT_TRUE(may_exist(impossible));
  expect_error(ErrorKind::Usage, "File name too long", [&] { read_text_file(impossible); });
}

TEST(MappedFile, MapsAllBytes) {
  const TemporaryFolder folder;
  const MappedFile file(folder.write("file", "hello"));
  EXPECT_EQ(text_of(file), "hello");
  EXPECT_EQ(file.path(), folder.path() / "file");
  EXPECT_TRUE(MappedFile(folder.write("empty", "")).bytes().empty());
  expect_error(ErrorKind::Usage, "No such file", [&] { const MappedFile absent(folder.path() / "absent"); });
  expect_error(ErrorKind::Usage, "it is a folder", [&] { const MappedFile wrong(folder.path()); });
  expect_error(ErrorKind::Usage, "not a regular file", [] { const MappedFile device("/dev/zero"); });
}

TEST(MappedFile, NeedsAddressSpace) {
  const TemporaryFolder folder;
  const auto file = folder.write("large", "");
  fs::resize_file(file, 1U << 30U);
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &old), 0);
  constexpr rlim_t kLeft = 64U << 20U;
  const rlimit tight{pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + kLeft, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &tight), 0);
  expect_error(ErrorKind::Environment, "Cannot allocate memory; raise ulimit -v",
               [&] { const MappedFile none(file); });
  ::setrlimit(RLIMIT_AS, &old);
}

TEST(WritableDirectory, IsCreatedWithItsParentsAndLeftClean) {
  const TemporaryFolder folder;
  const fs::path target = folder.path() / "a" / "b";
  ensure_writable_directory(target);
  EXPECT_TRUE(fs::is_directory(target));
  EXPECT_TRUE(fs::is_empty(target));
  ensure_writable_directory(target);
}

TEST(WritableDirectory, IsRefusedWithTheReason) {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "");
  expect_error(ErrorKind::Usage, "not a folder", [&] { ensure_writable_directory(file); });
  expect_error(ErrorKind::Usage, "choose another one", [&] { ensure_writable_directory(file / "below"); });
  expect_error(ErrorKind::Usage, "choose another one", [] { ensure_writable_directory("/proc/medbench"); });
  expect_error(ErrorKind::Usage, "File name too long",
               [&] { ensure_writable_directory(folder.path() / std::string(300, 'a') / "below"); });
  fs::create_symlink("nowhere/at/all", folder.path() / "dangling");
  expect_error(ErrorKind::Usage, "choose another one",
               [&] { ensure_writable_directory(folder.path() / "dangling"); });
  const FileSizeLimit full(0);
  expect_error(ErrorKind::Usage, "File too large", [&] { ensure_writable_directory(folder.path()); });
  EXPECT_EQ(files_in(folder.path()), (std::vector<std::string>{"dangling", "file"}));
}

TEST(ReplaceFile, WritesAllOrNothing) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "file";
  replace_file(file, "old");
  EXPECT_EQ(read_text_file(file), "old");
  replace_file(file, "new");
  EXPECT_EQ(read_text_file(file), "new");
  {
    const FileSizeLimit full(1000);
    expect_error(ErrorKind::Environment, "cannot write " + file.string(),
                 [&] { replace_file(file, std::string(5000, 'x')); });
  }
  EXPECT_EQ(read_text_file(file), "new");
  EXPECT_EQ(files_in(folder.path()), std::vector<std::string>{"file"});
  expect_error(ErrorKind::Environment, "No such file",
               [&] { replace_file(folder.path() / "no" / "file", "x"); });
}

unsigned rights_of(const fs::path& file) {
  return static_cast<unsigned>(fs::status(file).permissions());
}

TEST(ReplaceFile, LeavesTheRightsToTheUmask) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(0);
  for (const unsigned mask : {0077U, 0002U, 0022U}) {
    ::umask(mask);
    replace_file(folder.path() / "file", "x");
    EXPECT_EQ(rights_of(folder.path() / "file"), 0666U & ~mask);
    EXPECT_EQ(rights_of(write_new_file(folder.path() / "new", "x")), 0666U & ~mask);
  }
  ::umask(before);
}

TEST(WriteNewFile, NeverOverwrites) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "name.json";
  EXPECT_EQ(write_new_file(file, "1"), file);
  EXPECT_EQ(write_new_file(file, "2"), folder.path() / "name-2.json");
  EXPECT_EQ(write_new_file(file, "3"), folder.path() / "name-3.json");
  EXPECT_EQ(read_text_file(file), "1");
  EXPECT_EQ(read_text_file(folder.path() / "name-3.json"), "3");
  EXPECT_EQ(files_in(folder.path()), (std::vector<std::string>{"name-2.json", "name-3.json", "name.json"}));
}

TEST(WriteNewFile, JoinsPieces) {
  const TemporaryFolder folder;
  const std::string large(100'000, 'x');
  const std::array<std::string_view, 4> pieces{"a", "", large, std::string_view("\0b", 2)};
  EXPECT_EQ(read_text_file(write_new_file(folder.path() / "file", pieces)),
            "a" + large + std::string("\0b", 2));
  const FileSizeLimit full(1000);
  expect_error(ErrorKind::Environment, "File too large",
               [&] { write_new_file(folder.path() / "other", pieces); });
  EXPECT_EQ(files_in(folder.path()), std::vector<std::string>{"file"});
}

TEST(WriteNewFile, KeepsWritersApart) {
  const TemporaryFolder folder;
  const auto write_many = [&](const std::string& content) {
    for (int i = 0; i < 25; ++i) write_new_file(folder.path() / "name.json", content);
  };
  std::thread other(write_many, "b");
  write_many("a");
  other.join();
  std::string all;
  for (const auto& name : files_in(folder.path())) all += read_text_file(folder.path() / name);
  EXPECT_EQ(std::count(all.begin(), all.end(), 'a'), 25);
  EXPECT_EQ(std::count(all.begin(), all.end(), 'b'), 25);
}

// exFAT has no hard links; NFS no renaming that does not replace.
TEST(WriteNewFile, NeedsNeitherHardLinksNorRenamingThatDoesNotReplace) {
  const std::vector<int> links = testing::calls_that_link();
  std::vector<int> both = links;
  both.push_back(SYS_renameat2);
  for (const auto& calls : {links, both}) {
    for (const int error : {EPERM, EINVAL, ENOSYS, EOPNOTSUPP}) {
      const TemporaryFolder folder;
      const bool is_filtered = testing::without_calls(calls, error, [&] {
        ensure_writable_directory(folder.path());
        EXPECT_EQ(write_new_file(folder.path() / "name.json", "1"), folder.path() / "name.json");
        EXPECT_EQ(write_new_file(folder.path() / "name.json", "2"), folder.path() / "name-2.json");
      });
      if (!is_filtered) GTEST_SKIP() << "this kernel does not filter system calls";
      EXPECT_EQ(files_in(folder.path()), (std::vector<std::string>{"name-2.json", "name.json"}));
      EXPECT_EQ(read_text_file(folder.path() / "name.json"), "1");
      EXPECT_EQ(read_text_file(folder.path() / "name-2.json"), "2");
    }
  }
}

// The probe fails where the writing would.
TEST(WritableDirectory, IsRefusedWhereNoFileCanTakeItsName) {
  const TemporaryFolder folder;
  const bool is_filtered = testing::without_calls(testing::calls_that_rename(), EACCES, [&] {
    expect_error(ErrorKind::Usage, "Permission denied", [&] { ensure_writable_directory(folder.path()); });
  });
  if (!is_filtered) GTEST_SKIP() << "this kernel does not filter system calls";
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(WriteNewFile, LeavesNothingBehindOnFailure) {
  const TemporaryFolder folder;
  const FileSizeLimit full(1000);
  expect_error(ErrorKind::Environment, "File too large",
               [&] { write_new_file(folder.path() / "name.json", std::string(5000, 'x')); });
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace medbench
