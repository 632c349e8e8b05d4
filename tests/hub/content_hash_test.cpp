#include "hub/content_hash.hpp"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

constexpr std::string_view kBlobOfHello = "ce013625030ba8dba906f756967f9e9ca394464a";  // git hash-object
constexpr std::string_view kSha256OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kSha256OfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kBlobOfNothing = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

TEST(ContentHash, IsThatOfTheKindOfTheGivenOne) {
  const testing::TemporaryFolder folder;
  const auto hello = folder.write("hello", "hello\n");
  const auto abc = folder.write("abc", "abc");
  const auto nothing = folder.write("nothing", "");
  EXPECT_EQ(content_hash(hello, std::string(40, '0')), kBlobOfHello);
  EXPECT_EQ(content_hash(abc, std::string(64, 'f')), kSha256OfAbc);
  EXPECT_EQ(content_hash(nothing, kBlobOfHello), kBlobOfNothing);
  EXPECT_EQ(content_hash(nothing, kSha256OfAbc), kSha256OfNothing);
  for (const std::string_view other :
       {"", "abc-5", "0123", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"})
    EXPECT_EQ(content_hash(hello, other), std::nullopt) << other;
}

}  // namespace
}  // namespace medbench
