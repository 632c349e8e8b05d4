#include "report/page/policy.hpp"

#include <cstdint>
#include <fmt/format.h>

#include "report/page/page_assets.hpp"

namespace medbench {

namespace {

std::uint32_t value_of(char digit) {
  return static_cast<std::uint32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

}  // namespace

std::string base64_of_hex(std::string_view digits) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char digit : digits) {
    bits = (bits << 4U) | value_of(digit);
    count += 4;
    if (count >= 6) {
      count -= 6;
      text += kLetters[(bits >> count) & 63U];
    }
  }
  if (count > 0) text += kLetters[(bits << (6 - count)) & 63U];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string content_policy() {
  return fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action "
      "'none'",
      base64_of_hex(page_style().sha256), base64_of_hex(page_script().sha256));
}

}  // namespace medbench
