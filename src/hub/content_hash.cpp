// The functions of one algorithm each, which are linked alone: the ones that replace them need providers,
// and these all of the library.
#define OPENSSL_API_COMPAT 0x10100000L

#include "hub/content_hash.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <openssl/sha.h>
#include <span>

#include "base/file.hpp"

namespace medbench {
namespace {

constexpr std::size_t kSha256Digits = std::size_t{2} * SHA256_DIGEST_LENGTH;
constexpr std::size_t kSha1Digits = std::size_t{2} * SHA_DIGEST_LENGTH;

std::string hexadecimal(std::span<const unsigned char> bytes) {
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::string sha256(std::span<const std::byte> content) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, content.data(), content.size());
  SHA256_Final(digest.data(), &context);
  return hexadecimal(digest);
}

std::string git_blob_sha1(std::span<const std::byte> content) {
  const std::string header = fmt::format("blob {}", content.size());
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, header.c_str(), header.size() + 1);  // with the zero behind it
  SHA1_Update(&context, content.data(), content.size());
  SHA1_Final(digest.data(), &context);
  return hexadecimal(digest);
}

}  // namespace

std::optional<std::string> content_hash(const std::filesystem::path& file, std::string_view like) {
  const bool is_hexadecimal =
      std::ranges::all_of(like, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!is_hexadecimal || (like.size() != kSha256Digits && like.size() != kSha1Digits)) return std::nullopt;
  const MappedFile mapped(file);
  return like.size() == kSha256Digits ? sha256(mapped.bytes()) : git_blob_sha1(mapped.bytes());
}

}  // namespace medbench
