#include "base/error.hpp"

#include <array>

namespace medbench {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Usage:
      return "usage";
    case ErrorKind::Unsupported:
      return "unsupported";
    case ErrorKind::Environment:
      return "environment";
    case ErrorKind::Runtime:
      return "runtime";
    case ErrorKind::Internal:
      return "internal";
  }
  return "internal";
}

namespace {

// Length of the valid UTF-8 sequence at the start of `text`, 0 when there is none (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    std::string piece;
    if (length == 0) {
      piece = "\xEF\xBF\xBD";
    } else if (text[0] == '\n') {
      piece = "\\n";
    } else if (text[0] == '\t') {
      piece = "\\t";
    } else if (static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7F) {
      piece = fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else {
      piece = text.substr(0, length);
    }
    if (out.size() + piece.size() > limit) return out + "...";
    out += piece;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace medbench
