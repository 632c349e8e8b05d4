// The JSON header of a safetensors file, checked against the size of the data that follows it. Parsed as a
// stream of tokens: memory grows with the tensors that are there, not with what the header claims.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensor.hpp"

namespace medbench {

struct SafetensorsEntry {
  DType dtype = DType::F32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  // bytes, counted from the end of the header
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::map<std::string, SafetensorsEntry, std::less<>> tensors;
  std::map<std::string, std::string> metadata;
};

// The format's own limit, in bytes.
inline constexpr std::uint64_t kMaxSafetensorsHeader = 100'000'000;

// `origin` (the file's path) starts every error message. Throws Usage for all that the format forbids
// (syntax, duplicate names, unknown keys, shapes, byte counts, gaps, overlaps, data too short or too long)
// and Unsupported for the types of the format that TensorView does not have.
SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_size,
                                           std::string_view origin);

// The inverse for the writer: tensors must lie one after another from offset 0.
std::string print_safetensors_header(const SafetensorsHeader& header);

}  // namespace medbench
