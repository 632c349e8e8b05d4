// Bytes of safetensors files, good and bad.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/tensor.hpp"
#include "data/safetensors.hpp"
#include "tests/support/errors.hpp"

namespace medbench::testing {

// A file with this header, whether it makes sense or not.
inline std::string safetensors_bytes(std::string_view header, std::string_view data) {
  std::string bytes;
  for (unsigned i = 0; i < 8; ++i)
    bytes += static_cast<char>((std::uint64_t{header.size()} >> (8U * i)) & 0xFFU);
  return bytes.append(header).append(data);
}

// A tensor of zeros for every shape, written as model.safetensors or under another name.
using Shapes = std::map<std::string, std::vector<std::int64_t>>;
inline void write_zeros(const std::filesystem::path& folder, const Shapes& shapes,
                        std::string_view file = "model.safetensors", DType dtype = DType::F32) {
  NamedTensors tensors;
  for (const auto& [name, shape] : shapes) tensors.emplace(name, HostTensor(dtype, shape));
  std::filesystem::create_directories(folder);
  std::filesystem::remove(folder / file);
  write_safetensors(folder / file, tensors);
}

}  // namespace medbench::testing
