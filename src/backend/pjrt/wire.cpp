#include "backend/pjrt/wire.hpp"

#include "base/error.hpp"

namespace medbench::pjrt {
namespace {

// The kinds of fields; the groups of old are not used by these messages.
enum WireType : std::uint32_t { Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5 };

constexpr unsigned kTypeBits = 3;
constexpr unsigned kGroupBits = 7;

void append_varint(std::string& text, std::uint64_t value) {
  constexpr std::uint64_t kMore = 1U << kGroupBits;
  while (value >= kMore) {
    text.push_back(static_cast<char>(value | kMore));
    value >>= kGroupBits;
  }
  text.push_back(static_cast<char>(value));
}

void append_tag(std::string& text, std::uint32_t field, WireType type) {
  append_varint(text, std::uint64_t{field} << kTypeBits | type);
}

std::string_view take(std::string_view& rest, std::uint64_t count) {
  if (count > rest.size())
    throw runtime_failure("pjrt: a message of the plug-in ends in the middle of a field");
  const std::string_view taken = rest.substr(0, count);
  rest.remove_prefix(count);
  return taken;
}

std::uint64_t take_varint(std::string_view& rest) {
  constexpr unsigned kBits = 64;
  constexpr std::uint64_t kMask = (1U << kGroupBits) - 1;
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < kBits; shift += kGroupBits) {
    const auto byte = static_cast<std::uint8_t>(take(rest, 1).front());
    value |= (byte & kMask) << shift;
    if (byte <= kMask) return value;
  }
  throw runtime_failure("pjrt: a message of the plug-in holds a number that does not end");
}

}  // namespace

void put_varint(std::string& message, std::uint32_t field, std::uint64_t value) {
  append_tag(message, field, Varint);
  append_varint(message, value);
}

void put_bytes(std::string& message, std::uint32_t field, std::string_view bytes) {
  append_tag(message, field, LengthDelimited);
  append_varint(message, bytes.size());
  message += bytes;
}

bool Fields::next(Field& field) {
  if (rest_.empty()) return false;
  const std::uint64_t tag = take_varint(rest_);
  field = {};
  field.number = static_cast<std::uint32_t>(tag >> kTypeBits);
  switch (static_cast<std::uint32_t>(tag) & ((1U << kTypeBits) - 1)) {
    case Varint:
      field.value = take_varint(rest_);
      return true;
    case Fixed64:
      take(rest_, sizeof(std::uint64_t));
      return true;
    case Fixed32:
      take(rest_, sizeof(std::uint32_t));
      return true;
    case LengthDelimited:
      field.bytes = take(rest_, take_varint(rest_));
      field.has_bytes = true;
      return true;
    default:
      throw runtime_failure("pjrt: a message of the plug-in holds a field of an unknown kind");
  }
}

void append_numbers(const Field& field, std::vector<std::uint64_t>& numbers) {
  if (!field.has_bytes) {
    numbers.push_back(field.value);
    return;
  }
  for (std::string_view rest = field.bytes; !rest.empty();) numbers.push_back(take_varint(rest));
}

}  // namespace medbench::pjrt
