#include "data/safetensors_sax.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/error.hpp"

namespace medbench {
namespace {

constexpr std::array kReadable{DType::F64, DType::F32, DType::F16, DType::BF16, DType::I64,
                               DType::I32, DType::I16, DType::I8,  DType::U8,   DType::Bool};

// Types of the format that no TensorView has.
constexpr std::array<std::string_view, 13> kUnsupported{
    "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F6_E2M3", "F6_E3M2",
    "F4",      "U16",     "U32",     "U64",         "C64",         "C128"};

}  // namespace

std::string SafetensorsSax::where() const {
  switch (place_) {
    case Place::Start:
    case Place::Top:
      return "safetensors header";
    case Place::Metadata:
    case Place::MetadataObject:
    case Place::MetadataValue:
      return "__metadata__";
    case Place::Tensor:
    case Place::TensorObject:
      return "tensor '" + printable(name_) + "'";
    case Place::DType:
      return "tensor '" + printable(name_) + "', dtype";
    case Place::Shape:
      return "tensor '" + printable(name_) + "', shape";
    case Place::Offsets:
      return "tensor '" + printable(name_) + "', data_offsets";
  }
  return {};
}

void SafetensorsSax::fail(std::string_view found) const {
  std::string_view expected = "an object";
  if (place_ == Place::DType || place_ == Place::MetadataValue) expected = "a string";
  if (place_ == Place::Shape || place_ == Place::Offsets) {
    expected = in_array_ ? "whole numbers from 0 to 2^63-1" : "an array";
  }
  throw usage_error("{}: {}: expected {}, found {}; the file is damaged", origin_, where(), expected, found);
}

bool SafetensorsSax::null() {
  fail("null");
}
bool SafetensorsSax::boolean(bool /*value*/) {
  fail("a boolean");
}
bool SafetensorsSax::number_integer(std::int64_t value) {
  fail(std::to_string(value));
}
bool SafetensorsSax::number_float(double /*value*/, const std::string& text) {
  fail(printable(text, 40));
}
bool SafetensorsSax::binary(nlohmann::json::binary_t& /*value*/) {
  fail("binary data");
}

bool SafetensorsSax::number_unsigned(std::uint64_t value) {
  if (!in_array_ || value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    fail(std::to_string(value));
  }
  numbers_.push_back(static_cast<std::int64_t>(value));
  return true;
}

bool SafetensorsSax::string(std::string& value) {
  if (place_ == Place::MetadataValue) {
    header_.metadata.emplace(name_, value);
    place_ = Place::MetadataObject;
    return true;
  }
  if (place_ != Place::DType) fail("a string");
  const auto known = std::find_if(kReadable.begin(), kReadable.end(),
                                  [&](DType dtype) { return to_string(dtype) == value; });
  if (known == kReadable.end()) {
    if (std::find(kUnsupported.begin(), kUnsupported.end(), value) != kUnsupported.end()) {
      throw unsupported_error(
          "{}: {}: medbench does not read {} tensors; convert the checkpoint to F32, F16 or BF16", origin_,
          where(), value);
    }
    throw usage_error("{}: {}: '{}' is no type of safetensors; the file is damaged", origin_, where(),
                      printable(value));
  }
  entry_.dtype = *known;
  has_dtype_ = true;
  place_ = Place::TensorObject;
  return true;
}

bool SafetensorsSax::start_object(std::size_t /*size*/) {
  switch (place_) {
    case Place::Start:
      place_ = Place::Top;
      return true;
    case Place::Metadata:
      place_ = Place::MetadataObject;
      return true;
    case Place::Tensor:
      place_ = Place::TensorObject;
      entry_ = {};
      has_dtype_ = has_shape_ = has_offsets_ = false;
      return true;
    case Place::Top:
    case Place::MetadataObject:
    case Place::MetadataValue:
    case Place::TensorObject:
    case Place::DType:
    case Place::Shape:
    case Place::Offsets:
      break;
  }
  fail("an object");
}

bool SafetensorsSax::key(std::string& value) {
  const auto refuse = [&](std::string_view what) {
    throw usage_error("{}: {}: {} '{}'; the file is damaged", origin_, where(), what, printable(value));
  };
  if (place_ == Place::Top) {
    if (value == "__metadata__") {
      if (seen_metadata_) refuse("duplicate key");
      seen_metadata_ = true;
      place_ = Place::Metadata;
    } else {
      if (header_.tensors.contains(value)) refuse("duplicate tensor");
      place_ = Place::Tensor;
    }
    name_ = value;
  } else if (place_ == Place::MetadataObject) {
    if (header_.metadata.contains(value)) refuse("duplicate key");
    name_ = value;
    place_ = Place::MetadataValue;
  } else if (value == "dtype") {
    if (has_dtype_) refuse("duplicate key");
    place_ = Place::DType;
  } else if (value == "shape") {
    if (has_shape_) refuse("duplicate key");
    place_ = Place::Shape;
  } else if (value == "data_offsets") {
    if (has_offsets_) refuse("duplicate key");
    place_ = Place::Offsets;
  } else {
    refuse("unknown key");
  }
  return true;
}

bool SafetensorsSax::end_object() {
  if (place_ == Place::TensorObject) finish_tensor();
  place_ = Place::Top;
  return true;
}

void SafetensorsSax::finish_tensor() {
  if (!has_dtype_ || !has_shape_ || !has_offsets_) {
    throw usage_error("{}: {} has no {}; the file is damaged", origin_, where(),
                      !has_dtype_ ? "dtype" : (!has_shape_ ? "shape" : "data_offsets"));
  }
  header_.tensors.emplace(name_, std::move(entry_));
}

bool SafetensorsSax::start_array(std::size_t /*size*/) {
  if (in_array_ || (place_ != Place::Shape && place_ != Place::Offsets)) fail("an array");
  in_array_ = true;
  numbers_.clear();
  return true;
}

bool SafetensorsSax::end_array() {
  in_array_ = false;
  if (place_ == Place::Shape) {
    entry_.shape = numbers_;
    has_shape_ = true;
  } else {
    if (numbers_.size() != 2) {
      throw usage_error("{}: {}: expected two numbers, found {}; the file is damaged", origin_, where(),
                        numbers_.size());
    }
    entry_.begin = static_cast<std::uint64_t>(numbers_[0]);
    entry_.end = static_cast<std::uint64_t>(numbers_[1]);
    has_offsets_ = true;
  }
  place_ = Place::TensorObject;
  return true;
}

bool SafetensorsSax::parse_error(std::size_t position, const std::string& /*last_token*/,
                                 const nlohmann::json::exception& /*error*/) {
  throw usage_error("{}: safetensors header: JSON syntax error at its byte {}; the file is damaged", origin_,
                    position);
}

}  // namespace medbench
