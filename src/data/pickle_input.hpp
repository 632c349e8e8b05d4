// The bytes of a pickle, taken one after another, and how what is wrong with them is said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace medbench {

// In two's complement, little endian, of eight bytes at most.
std::int64_t integer_of(std::string_view bytes);

class PickleInput {
 public:
  // Neither the file's bytes nor its path are copied.
  PickleInput(std::string_view file, std::size_t begin, std::string_view origin)
      : file_(file), origin_(origin), begin_(begin), position_(begin), opcode_at_(begin) {}

  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t bytes_read() const { return position_ - begin_; }

  // All throw Usage where the bytes end before.
  std::uint8_t take_opcode();
  std::string_view take(std::uint64_t count);
  std::uint64_t take_number(std::size_t width);  // little endian
  std::string_view take_line();                  // without its end

  // Both throw Usage and name the byte of the opcode that was taken last: the file is damaged, or it says
  // what this reader does not do.
  [[noreturn]] void fail(std::string_view what) const;
  [[noreturn]] void refuse(std::string_view what) const;

 private:
  std::string_view file_;
  std::string_view origin_;
  std::size_t begin_;
  std::size_t position_;
  std::size_t opcode_at_;
};

}  // namespace medbench
