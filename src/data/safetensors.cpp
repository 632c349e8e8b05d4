#include "data/safetensors.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/foreign_format.hpp"
#include "data/safetensors_header.hpp"

namespace medbench {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kLongestPath = 4096;  // in a message

std::uint64_t read_little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

std::uint64_t header_length(std::span<const std::byte> bytes, const std::string& origin) {
  if (bytes.size() < kLengthBytes) {
    throw usage_error("{}: not a safetensors file: it has {} bytes, fewer than the {} of the header's length",
                      origin, bytes.size(), kLengthBytes);
  }
  const std::uint64_t length = read_little_endian(bytes);
  if (length == 0 || length > kMaxSafetensorsHeader) {
    throw usage_error("{}: not a safetensors file: its header claims {} bytes, outside 1 to {}", origin,
                      length, kMaxSafetensorsHeader);
  }
  if (length > bytes.size() - kLengthBytes) {
    throw usage_error("{}: its header claims {} bytes, but only {} follow; the file is truncated", origin,
                      length, bytes.size() - kLengthBytes);
  }
  return length;
}

// Sorted as the format's own library does it, by falling width of the type and then by name, which aligns
// every tensor.
std::vector<const NamedTensors::value_type*> file_order(const NamedTensors& tensors) {
  std::vector<const NamedTensors::value_type*> order;
  order.reserve(tensors.size());
  for (const auto& row : tensors) order.push_back(&row);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return size_of(a->second.dtype()) > size_of(b->second.dtype());
  });
  return order;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : file_(std::make_unique<MappedFile>(path)) {
  const std::string origin = printable(path.string(), kLongestPath);
  const auto bytes = file_->bytes();
  refuse_foreign_format({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, origin);
  const auto length = static_cast<std::size_t>(header_length(bytes, origin));
  const auto data = bytes.subspan(kLengthBytes + length);
  const std::string_view json(reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, length);
  SafetensorsHeader header = parse_safetensors_header(json, data.size(), origin);
  for (auto& [name, entry] : header.tensors) {
    const auto begin = static_cast<std::size_t>(entry.begin);
    tensors_.emplace(name, TensorView{entry.dtype, std::move(entry.shape),
                                      data.subspan(begin, static_cast<std::size_t>(entry.end) - begin)});
  }
  metadata_ = std::move(header.metadata);
}

std::filesystem::path write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                                        const std::map<std::string, std::string>& metadata) {
  const auto order = file_order(tensors);
  SafetensorsHeader header;
  header.metadata = metadata;
  std::uint64_t position = 0;
  for (const auto* row : order) {
    const auto& [name, tensor] = *row;
    const std::uint64_t end = position + tensor.bytes().size();
    header.tensors.emplace(name, SafetensorsEntry{tensor.dtype(), tensor.shape(), position, end});
    position = end;
  }
  std::string json = print_safetensors_header(header);
  json.append((kLengthBytes - json.size() % kLengthBytes) % kLengthBytes,
              ' ');  // so that the data is aligned

  std::string start;
  for (std::size_t i = 0; i < kLengthBytes; ++i) start += static_cast<char>((json.size() >> (8 * i)) & 0xFFU);
  start += json;
  std::vector<std::string_view> pieces{start};
  for (const auto* row : order) {
    const auto bytes = row->second.bytes();
    pieces.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return write_new_file(path, pieces);
}

}  // namespace medbench
