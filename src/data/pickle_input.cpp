#include "data/pickle_input.hpp"

#include "base/error.hpp"

namespace medbench {

std::int64_t integer_of(std::string_view bytes) {
  const bool is_negative = !bytes.empty() && static_cast<unsigned char>(bytes.back()) >= 0x80U;
  std::uint64_t number = is_negative ? ~std::uint64_t{0} : 0;
  for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8U | static_cast<unsigned char>(bytes[i]);
  return static_cast<std::int64_t>(number);
}

void PickleInput::fail(std::string_view what) const {
  throw usage_error("{}: its pickle, at byte {}: {}; the file is damaged", origin_, opcode_at_, what);
}

void PickleInput::refuse(std::string_view what) const {
  throw usage_error(
      "{}: its pickle, at byte {}, {}, which tensors of a state dict do not need; medbench runs nothing that "
      "a file "
      "says: save the model's state_dict() alone, with torch.save or as safetensors",
      origin_, opcode_at_, what);
}

std::uint8_t PickleInput::take_opcode() {
  opcode_at_ = position_;
  return static_cast<std::uint8_t>(take(1).front());
}

std::string_view PickleInput::take(std::uint64_t count) {
  if (count > file_.size() - position_) {
    throw usage_error(
        "{}: its pickle, at byte {}: {} bytes are needed where {} follow; the file is truncated", origin_,
        opcode_at_, count, file_.size() - position_);
  }
  const std::string_view bytes = file_.substr(position_, static_cast<std::size_t>(count));
  position_ += bytes.size();
  return bytes;
}

std::uint64_t PickleInput::take_number(std::size_t width) {
  std::uint64_t number = 0;
  const std::string_view bytes = take(width);
  for (std::size_t i = 0; i < width; ++i)
    number |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return number;
}

std::string_view PickleInput::take_line() {
  const std::size_t end = file_.find('\n', position_);
  if (end == std::string_view::npos) fail("a name without an end");
  const std::string_view line = take(end - position_);
  ++position_;
  return line;
}

}  // namespace medbench
