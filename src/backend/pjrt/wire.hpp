// The wire format of Protocol Buffers, as far as PJRT's two messages need it: options that go in, and the
// compiled module that comes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace medbench::pjrt {

// Appends fields to a message.
void put_varint(std::string& message, std::uint32_t field, std::uint64_t value);
void put_bytes(std::string& message, std::uint32_t field, std::string_view bytes);

// One field of a message: its number, or its bytes.
struct Field {
  std::uint32_t number = 0;
  std::uint64_t value = 0;
  std::string_view bytes;
  bool has_bytes = false;
};

// Walks over the fields of a message. Throws Runtime when the bytes are no message.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}
  // False at the end.
  bool next(Field& field);

 private:
  std::string_view rest_;
};

// A repeated field of numbers, packed or not.
void append_numbers(const Field& field, std::vector<std::uint64_t>& numbers);

}  // namespace medbench::pjrt
