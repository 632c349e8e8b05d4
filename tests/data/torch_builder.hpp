// Bytes of files of torch.save, good and bad.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensor.hpp"

namespace medbench::testing {

inline std::string little_endian(std::uint64_t value, unsigned width) {
  std::string bytes;
  for (unsigned i = 0; i < width; ++i) bytes += static_cast<char>((value >> (8U * i)) & 0xFFU);
  return bytes;
}

// Parts of a pickle.
inline std::string text(std::string_view value) {
  return "X" + little_endian(value.size(), 4) + std::string(value);
}
inline std::string integer(std::int64_t value) {
  return "\x8A\x08" + little_endian(static_cast<std::uint64_t>(value), 8);
}
inline std::string name(std::string_view module, std::string_view word) {
  return "c" + std::string(module) + "\n" + std::string(word) + "\n";
}
inline std::string tuple(const std::vector<std::int64_t>& values) {
  std::string items = "(";
  for (const std::int64_t value : values) items += integer(value);
  return items + "t";
}

struct PickledTensor {
  std::vector<std::int64_t> shape = {};
  std::vector<std::int64_t> strides = {};
  std::int64_t offset = 0;
  std::int64_t count = 0;  // elements of the storage
  std::string key = "0";
  std::string type = "FloatStorage";
  std::string more = "\x89" + name("collections", "OrderedDict") + ")R";  // requires_grad, hooks
};
inline std::string pickled(const PickledTensor& tensor) {
  return name("torch._utils", "_rebuild_tensor_v2") + "((" + text("storage") + name("torch", tensor.type) +
         text(tensor.key) + text("cpu") + integer(tensor.count) + "tQ" + integer(tensor.offset) +
         tuple(tensor.shape) + tuple(tensor.strides) + tensor.more + "tR";
}
// A whole pickle: a dict of one tensor, or of what else stands for it.
inline std::string pickled_dict(std::string_view key, std::string_view value) {
  return "\x80\x02}" + text(key) + std::string(value) + "s.";
}

struct ZipEntry {
  std::string name = {};
  std::string data = {};
  // What the archive says in place of the truth.
  std::optional<std::string> local_name = {};
  std::uint64_t method = 0;
  std::uint64_t flags = 0;
  std::optional<std::uint64_t> size = {};         // in the directory
  std::optional<std::uint64_t> packed_size = {};  // likewise
  std::optional<std::uint64_t> offset = {};       // of the local header
};
struct ZipEnd {
  std::optional<std::uint64_t> entries = {};
  std::optional<std::uint64_t> bytes = {};
  std::optional<std::uint64_t> offset = {};
  std::uint64_t disk = 0;
  std::string comment = {};
};

inline std::string zip_bytes(const std::vector<ZipEntry>& entries, const ZipEnd& end = {}) {
  std::string file;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const std::string local_name = entry.local_name.value_or(entry.name);
    const std::uint64_t offset = entry.offset.value_or(file.size());
    const auto common = [&](std::uint64_t packed_size, std::uint64_t size) {
      return little_endian(entry.flags, 2) + little_endian(entry.method, 2) + std::string(8, '\0') +
             little_endian(packed_size, 4) + little_endian(size, 4);
    };
    file += "PK\3\4" + little_endian(20, 2) + common(entry.data.size(), entry.data.size()) +
            little_endian(local_name.size(), 2) + little_endian(0, 2) + local_name + entry.data;
    const std::uint64_t size = entry.size.value_or(entry.data.size());
    directory += "PK\1\2" + little_endian(20, 2) + little_endian(20, 2) +
                 common(entry.packed_size.value_or(size), size) + little_endian(entry.name.size(), 2) +
                 std::string(12, '\0') + little_endian(offset, 4) + entry.name;
  }
  const std::uint64_t count = end.entries.value_or(entries.size());
  return file + directory + "PK\5\6" + little_endian(end.disk, 2) + little_endian(end.disk, 2) +
         little_endian(count, 2) + little_endian(count, 2) +
         little_endian(end.bytes.value_or(directory.size()), 4) +
         little_endian(end.offset.value_or(file.size()), 4) + little_endian(end.comment.size(), 2) +
         end.comment;
}

// The two forms of a file with one storage.
inline std::string torch_zip(std::string_view pickle, std::string_view storage, std::string_view key = "0") {
  return zip_bytes(
      {{"a/data.pkl", std::string(pickle)}, {"a/data/" + std::string(key), std::string(storage)}});
}
inline std::string legacy_start() {
  return std::string("\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.\x80\x02M\xE9\x03.") +
         "\x80\x02}" + text("little_endian") + "\x88s.";
}
inline std::string torch_legacy(std::string_view pickle, std::string_view storage, std::uint64_t count,
                                std::string_view key = "0") {
  return legacy_start() + std::string(pickle) + "\x80\x02]" + text(key) + "a." + little_endian(count, 8) +
         std::string(storage);
}

// Float32 tensors in the old form, none of them aligned.
inline std::string unaligned_torch_file(const NamedTensors& tensors) {
  std::string pickle = "\x80\x02}";
  std::string keys = "\x80\x02]";
  std::string storages;
  for (const auto& [word, tensor] : tensors) {
    PickledTensor row{.shape = tensor.shape(), .strides = tensor.shape(), .key = "key of " + word};
    std::int64_t step = 1;
    for (std::size_t i = row.shape.size(); i-- > 0; step *= row.shape[i]) row.strides[i] = step;
    row.count = step;
    pickle += text(word) + pickled(row) + "s";
    keys += text(row.key) + "a";
    const auto bytes = tensor.bytes();
    storages += little_endian(static_cast<std::uint64_t>(step), 8);
    storages.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  const std::string start = legacy_start() + pickle;
  const std::string end = "." + keys + ".";
  std::string padding;
  for (std::size_t blanks = 0; padding.empty() || (start.size() + padding.size() + end.size()) % 4 != 1;
       ++blanks)
    padding = text("padding") + text(std::string(blanks, ' ')) + "s";
  return start + padding + end + storages;
}

}  // namespace medbench::testing
