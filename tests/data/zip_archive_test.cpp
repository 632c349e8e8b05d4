#include "data/zip_archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/safetensors_builder.hpp"
#include "tests/data/torch_builder.hpp"

namespace medbench {
namespace {

using namespace std::string_literals;
using ::testing::AllOf;
using testing::failure_text;
using ::testing::HasSubstr;
using testing::little_endian;
using ::testing::StartsWith;
using testing::zip_bytes;
using testing::ZipEnd;
using testing::ZipEntry;

std::string failure(const std::string& bytes) {
  return failure_text([&] { read_zip_directory(bytes, "f.bin"); });
}
std::string failure(const ZipEntry& entry) {
  return failure(zip_bytes({{"first", "12345"}, entry}));
}
std::string failure(const ZipEnd& end) {
  return failure(zip_bytes({{"first", "12345"}}, end));
}

TEST(ZipDirectory, HasMembersWhereTheyLie) {
  const std::string file =
      zip_bytes({{"a/one", "12345"}, {"two", ""}, {"three", "xyz", {}, 8}}, {.comment = "a comment"});
  const ZipMembers members = read_zip_directory(file, "f.bin");
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members.at("a/one").data, "12345");
  EXPECT_EQ(members.at("a/one").data.data(), file.data() + file.find("12345"));
  EXPECT_FALSE(members.at("a/one").is_packed);
  EXPECT_EQ(members.at("two").data, "");
  EXPECT_TRUE(members.at("three").is_packed);
  EXPECT_TRUE(read_zip_directory(zip_bytes({}), "f.bin").empty());
}

// The same with ZIP64: 64-bit numbers in the directory's extra field and in a second end.
TEST(ZipDirectory, HasNumbersOf64Bits) {
  const std::string local = "PK\3\4" + little_endian(20, 2) + std::string(20, '\0') + little_endian(1, 2) +
                            little_endian(0, 2) + "n" + "data";
  const std::string extra = little_endian(9, 2) + little_endian(2, 2) + "??" + little_endian(1, 2) +
                            little_endian(24, 2) + little_endian(4, 8) + little_endian(4, 8) +
                            little_endian(0, 8);
  const std::string directory = "PK\1\2" + std::string(16, '\0') + std::string(8, '\xFF') +
                                little_endian(1, 2) + little_endian(extra.size(), 2) + std::string(10, '\0') +
                                std::string(4, '\xFF') + "n" + extra;
  const std::string end = "PK\6\6" + little_endian(44, 8) + std::string(12, '\0') + little_endian(1, 8) +
                          little_endian(1, 8) + little_endian(directory.size(), 8) +
                          little_endian(local.size(), 8);
  const std::string locator = "PK\6\7" + std::string(4, '\0') +
                              little_endian(local.size() + directory.size(), 8) + little_endian(1, 4);
  const std::string old = "PK\5\6" + std::string(4, '\0') + std::string(12, '\xFF') + "\0\0"s;
  const std::string file = local + directory + end + locator + old;
  EXPECT_EQ(failure(file), "no error");
  EXPECT_EQ(read_zip_directory(file, "f.bin").at("n").data, "data");
  std::string broken = file;
  broken.replace(local.size() + directory.size(), 4, "PK\1\1");
  EXPECT_THAT(failure(broken), HasSubstr("not where its locator says"));
  broken = file;
  broken[local.size() + 46 + 1 + 6] = 2;  // the extra field is of another kind
  EXPECT_THAT(failure(broken), HasSubstr("lacks its size in 64 bits"));
}

TEST(ZipDirectory, RefusesMembersThatLie) {
  EXPECT_EQ(failure(ZipEntry{"n", "data"}), "no error");
  EXPECT_THAT(failure(ZipEntry{"n", "data", "m"}),
              AllOf(StartsWith("usage: f.bin: its ZIP member 'n' has another name"), HasSubstr("damaged")));
  EXPECT_THAT(failure(ZipEntry{.name = "n", .data = "data", .size = 5}),
              HasSubstr("'n' has 5 bytes at byte"));
  EXPECT_THAT(failure(ZipEntry{.name = "n", .data = "data", .size = 4, .packed_size = 3}),
              HasSubstr("'n' has 4 bytes and 3"));
  EXPECT_THAT(failure(ZipEntry{.name = "n", .data = "data", .size = 0xFFFFFFFE}),
              HasSubstr("'n' has 4294967294 bytes"));
  EXPECT_THAT(failure(ZipEntry{.name = "n", .data = "data", .size = 0xFFFFFFFF}), HasSubstr("64 bits"));
  EXPECT_THAT(failure(ZipEntry{.name = "n", .data = "data", .offset = 3}), HasSubstr("'n' is not at byte 3"));
  EXPECT_THAT(failure(ZipEntry{.name = "n", .data = "data", .offset = 0xFFFFFFF0}),
              HasSubstr("'n' is not at byte"));
  EXPECT_THAT(failure(ZipEntry{.name = "n", .data = "data", .flags = 1}), HasSubstr("'n' is encrypted"));
  EXPECT_THAT(failure(ZipEntry{"first", "data"}), HasSubstr("'first' is there twice"));
}

TEST(ZipDirectory, RefusesOverlaps) {
  // The second header lies within the data of the first member.
  const std::string inner = zip_bytes({{"n", "data"}}).substr(0, 30 + 1 + 4);
  const std::string file = zip_bytes({{"outer", inner}, {.name = "n", .data = "data", .offset = 30 + 5}});
  EXPECT_THAT(failure(file), HasSubstr("'n' overlaps 'outer'"));
  // Two names for the same bytes.
  EXPECT_THAT(failure(zip_bytes({{"n", "data"}, {.name = "n", .data = "", .size = 4, .offset = 0}})),
              HasSubstr("twice"));
}

TEST(ZipDirectory, RefusesDirectoriesThatLie) {
  EXPECT_EQ(failure(ZipEnd{}), "no error");
  EXPECT_THAT(failure(""), HasSubstr("its ZIP directory is missing"));
  EXPECT_THAT(failure(ZipEnd{.entries = 2}), HasSubstr("has no entry 2, which it counts"));
  EXPECT_THAT(failure(ZipEnd{.entries = 0}), HasSubstr("goes on behind its 0 entries"));
  EXPECT_THAT(failure(ZipEnd{.entries = 0xFFFF}), HasSubstr("has no entry 2"));
  EXPECT_THAT(failure(ZipEnd{.bytes = 1}), HasSubstr("does not end where the file says"));
  EXPECT_THAT(failure(ZipEnd{.offset = 0}), HasSubstr("does not end where the file says"));
  EXPECT_THAT(failure(ZipEnd{.offset = 0xFFFFFFF0}), HasSubstr("does not end where the file says"));
  EXPECT_THAT(failure(ZipEnd{.disk = 1}), HasSubstr("several disks"));
}

TEST(ZipDirectory, RefusesTruncatedFiles) {
  const std::string whole = zip_bytes({{"one", "12345"}, {"two", "abc"}});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(failure(whole.substr(0, size)), HasSubstr("its ZIP directory is missing")) << size;
}

}  // namespace
}  // namespace medbench
