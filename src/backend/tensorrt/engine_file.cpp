#include "backend/tensorrt/engine_file.hpp"

#include <charconv>
#include <fmt/core.h>

#include "base/cache.hpp"

namespace medbench::trt {

namespace {

constexpr std::string_view kMagic = "medbench engine 1\n";
// Longer than any header.
constexpr std::size_t kLongestLine = 4096;

std::string hash_of(std::span<const std::byte> bytes) {
  ContentHash hash;
  hash.add(bytes);
  return hash.hex();
}

std::string sizes_of(const Axes& axes) {
  std::string text;
  for (const AxisInfo& row : kAxes) {
    if (axes.has(row.axis)) text += fmt::format("{}{}", row.letter, axes[row.axis]);
  }
  return text;
}

// Takes a line off the front; false where there is none.
bool take_line(std::string_view& text, std::string_view& line) {
  const std::size_t end = text.substr(0, kLongestLine).find('\n');
  if (end == std::string_view::npos) return false;
  line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
}

}  // namespace

std::string EngineIdentity::text() const {
  return fmt::format("model {}, {} {}, {}, sizes {} {} {}, compute capability {}, driver {}", onnx_hash,
                     flavour, version, precision, sizes_of(profile.least), sizes_of(profile.usual),
                     sizes_of(profile.most), compute_capability, driver);
}

std::string EngineIdentity::file_name() const {
  const std::string words = text();
  return fmt::format("engine_{}.trt", hash_of(std::as_bytes(std::span(words))));
}

std::string engine_header(const EngineIdentity& identity, std::span<const std::byte> engine) {
  return fmt::format("{}{}\n{} {}\n", kMagic, identity.text(), engine.size(), hash_of(engine));
}

ReadEngine read_engine(std::span<const std::byte> file, const EngineIdentity& identity) {
  if (file.empty()) return {{}, "it is empty"};
  const std::string_view all(reinterpret_cast<const char*>(file.data()), file.size());
  std::string_view text = all;
  if (!text.starts_with(kMagic)) {
    const bool is_beginning = kMagic.starts_with(text);
    return {{}, is_beginning ? "it is cut off" : "it is no engine that medbench wrote"};
  }
  text.remove_prefix(kMagic.size());
  std::string_view words;
  std::string_view numbers;
  if (!take_line(text, words)) return {{}, "it is cut off"};
  if (words != identity.text()) return {{}, "it is the engine of something else"};
  if (!take_line(text, numbers)) return {{}, "it is cut off"};
  std::size_t size = 0;
  const char* last = numbers.data() + numbers.size();
  const auto [end, error] = std::from_chars(numbers.data(), last, size);
  if (error != std::errc() || end == last || *end != ' ') return {{}, "its header is damaged"};
  if (text.size() < size) return {{}, "it is cut off"};
  if (text.size() > size) return {{}, "it is longer than it says"};
  const std::span<const std::byte> engine = file.last(size);
  if (hash_of(engine) != std::string_view(end + 1, static_cast<std::size_t>(last - end - 1)))
    return {{}, "its checksum is wrong"};
  return {engine, {}};
}

}  // namespace medbench::trt
