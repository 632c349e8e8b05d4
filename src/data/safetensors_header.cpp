#include "data/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.hpp"
#include "base/json.hpp"
#include "data/safetensors_sax.hpp"

namespace medbench {
namespace {

// What one tensor occupies; nothing when that does not fit into 63 bits.
std::optional<std::uint64_t> byte_count(const SafetensorsEntry& entry) {
  std::int64_t bytes = static_cast<std::int64_t>(size_of(entry.dtype));
  for (const std::int64_t dim : entry.shape) {
    if (__builtin_mul_overflow(bytes, dim, &bytes)) return std::nullopt;
  }
  return static_cast<std::uint64_t>(bytes);
}

void check_entry(const std::string& name, const SafetensorsEntry& entry, std::string_view origin) {
  if (entry.end < entry.begin) {
    throw usage_error("{}: tensor '{}': data_offsets are reversed ({} to {}); the file is damaged", origin,
                      printable(name), entry.begin, entry.end);
  }
  const std::string shape = printable(shape_to_string(entry.shape));
  const auto bytes = byte_count(entry);
  if (!bytes) {
    throw usage_error("{}: tensor '{}': shape {} is larger than any memory; the file is damaged", origin,
                      printable(name), shape);
  }
  if (*bytes != entry.end - entry.begin) {
    throw usage_error(
        "{}: tensor '{}': {} {} takes {} bytes, but its data_offsets span {}; the file is damaged", origin,
        printable(name), to_string(entry.dtype), shape, *bytes, entry.end - entry.begin);
  }
}

// Every byte of the data belongs to exactly one tensor.
void check_layout(const SafetensorsHeader& header, std::uint64_t data_size, std::string_view origin) {
  std::vector<const std::pair<const std::string, SafetensorsEntry>*> order;
  order.reserve(header.tensors.size());
  for (const auto& row : header.tensors) order.push_back(&row);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  std::uint64_t position = 0;
  for (const auto* row : order) {
    const auto& [name, entry] = *row;
    if (entry.end > data_size) {
      throw usage_error(
          "{}: tensor '{}' ends at byte {} of the data, but the file has only {}; it is truncated", origin,
          printable(name), entry.end, data_size);
    }
    if (entry.begin != position) {
      throw usage_error(
          "{}: tensor '{}' begins at byte {} of the data where {} was expected ({}); the file is damaged",
          origin, printable(name), entry.begin, position,
          entry.begin < position ? "it overlaps another tensor" : "bytes belong to no tensor");
    }
    position = entry.end;
  }
  if (position != data_size) {
    throw usage_error("{}: {} bytes follow the last tensor; the file is damaged", origin,
                      data_size - position);
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_size,
                                           std::string_view origin) {
  // The parser takes a zero byte for the end of the text, and skips what may stand before a brace.
  if (!json.starts_with('{') || json.find('\0') != std::string_view::npos) {
    throw usage_error("{}: not a safetensors file: its header is not a JSON object", origin);
  }
  SafetensorsHeader header;
  SafetensorsSax sax(header, origin);
  nlohmann::json::sax_parse(json.begin(), json.end(), &sax);
  for (const auto& [name, entry] : header.tensors) check_entry(name, entry, origin);
  check_layout(header, data_size, origin);
  return header;
}

std::string print_safetensors_header(const SafetensorsHeader& header) {
  // Not medbench::Json: its ordered object looks keys up one by one.
  nlohmann::json json = nlohmann::json::object();
  if (!header.metadata.empty()) json["__metadata__"] = header.metadata;
  for (const auto& [name, entry] : header.tensors) {
    json[name] = {{"dtype", to_string(entry.dtype)},
                  {"shape", entry.shape},
                  {"data_offsets", std::array{entry.begin, entry.end}}};
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace medbench
