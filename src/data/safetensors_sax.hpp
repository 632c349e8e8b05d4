// The grammar of a safetensors header as a handler of nlohmann::json's token stream.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "data/safetensors_header.hpp"

namespace medbench {

// Fills a header; every member throws Usage (or Unsupported) at the first token that does not belong there,
// so the boolean results, which the parser asks for, are always true. Sizes and offsets are not compared with
// each other here.
class SafetensorsSax {
 public:
  // Both must outlive this object.
  SafetensorsSax(SafetensorsHeader& header, std::string_view origin) : header_(header), origin_(origin) {}

  bool null();
  bool boolean(bool value);
  bool number_integer(std::int64_t value);
  bool number_unsigned(std::uint64_t value);
  bool number_float(double value, const std::string& text);
  bool string(std::string& value);
  bool binary(nlohmann::json::binary_t& value);
  bool start_object(std::size_t size);
  bool key(std::string& value);
  bool end_object();
  bool start_array(std::size_t size);
  bool end_array();
  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::json::exception& error);

 private:
  // What the next token is a part of.
  enum class Place {
    Start,
    Top,
    Metadata,
    MetadataObject,
    MetadataValue,
    Tensor,
    TensorObject,
    DType,
    Shape,
    Offsets
  };

  [[noreturn]] void fail(std::string_view found) const;
  [[nodiscard]] std::string where() const;
  void finish_tensor();

  SafetensorsHeader& header_;
  std::string_view origin_;
  Place place_ = Place::Start;
  bool in_array_ = false;
  bool seen_metadata_ = false;
  std::string name_;  // of the tensor, or the metadata key
  SafetensorsEntry entry_;
  std::vector<std::int64_t> numbers_;  // of the array that is open
  bool has_dtype_ = false;
  bool has_shape_ = false;
  bool has_offsets_ = false;
};

}  // namespace medbench
