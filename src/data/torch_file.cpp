#include "data/torch_file.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/foreign_format.hpp"
#include "data/torch_storages.hpp"

namespace medbench {
namespace {

using namespace std::string_view_literals;
using Kind = PickleValue::Kind;

constexpr std::array kNested{"state_dict"sv, "model_state_dict"sv, "model"sv};
constexpr std::size_t kLongestPath = 4096;             // in a message
constexpr std::size_t kMostDimensions = 64;            // as torch has it
constexpr std::uint64_t kLargestExpanded = 1U << 20U;  // bytes

bool has_tensors(const Pickle& pickle, const PickleValue* dict) {
  if (dict == nullptr || dict->kind != Kind::Dict) return false;
  for (std::size_t i = 1; i < dict->items.size(); i += 2) {
    if (pickle[dict->items[i]].kind == Kind::Tensor) return true;
  }
  return false;
}

// Others may lie beside it: of the optimizer, or a measure of accuracy.
const PickleValue& find_state_dict(const Pickle& pickle, std::string_view origin) {
  for (const std::string_view key : kNested) {
    if (const PickleValue* nested = pickle.find(pickle.top(), key); has_tensors(pickle, nested))
      return *nested;
  }
  if (has_tensors(pickle, &pickle.top())) return pickle.top();
  throw usage_error("{}: it holds no tensors by name; save the model's state_dict() with torch.save", origin);
}

class TensorReader {
 public:
  TensorReader(const TorchContent& content, std::string_view origin) : content_(content), origin_(origin) {}

  [[nodiscard]] StoredTensor read(std::string_view name, const PickleValue& tensor) const;

 private:
  [[noreturn]] void fail(std::string_view name, std::string_view what) const {
    throw usage_error("{}: tensor '{}' {}; the file is damaged", origin_, printable(name), what);
  }
  [[nodiscard]] std::string_view bytes_of(std::string_view name, const TorchStorage& storage) const;
  [[nodiscard]] std::vector<std::int64_t> sizes(std::string_view name, const PickleValue& tuple) const;

  const TorchContent& content_;
  std::string_view origin_;
};

std::string_view TensorReader::bytes_of(std::string_view name, const TorchStorage& storage) const {
  const auto found = content_.storages.find(storage.key);
  if (found == content_.storages.end())
    fail(name, fmt::format("lies in storage '{}', which is not there", printable(storage.key)));
  const std::size_t width = size_of(storage.dtype);
  if (found->second.size() / width != static_cast<std::uint64_t>(storage.count) ||
      found->second.size() % width != 0) {
    fail(name, fmt::format("lies in storage '{}' of {} {}, which has {} bytes", printable(storage.key),
                           storage.count, to_string(storage.dtype), found->second.size()));
  }
  return found->second.substr(static_cast<std::size_t>(storage.first) * width,
                              static_cast<std::size_t>(storage.part) * width);
}

std::vector<std::int64_t> TensorReader::sizes(std::string_view name, const PickleValue& tuple) const {
  std::vector<std::int64_t> numbers;
  if (tuple.kind != Kind::Tuple && tuple.kind != Kind::List) fail(name, "has no shape");
  for (const std::uint32_t item : tuple.items) {
    const PickleValue& number = content_.pickle[item];
    if (number.kind != Kind::Integer || number.integer < 0) fail(name, "has a shape of what are no sizes");
    numbers.push_back(number.integer);
  }
  return numbers;
}

// The strides of a tensor in row-major order without gaps, where only the dimensions count that have several
// elements.
bool is_row_major(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides) {
  std::int64_t expected = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] != 1 && strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

// How many elements a tensor has, and how far behind the first the last one lies.
struct Extent {
  std::int64_t count = 1;
  std::int64_t last = 0;
};
// Nothing: more than can be addressed.
std::optional<Extent> extent_of(const std::vector<std::int64_t>& shape,
                                const std::vector<std::int64_t>& strides) {
  if (std::ranges::find(shape, 0) != shape.end()) return Extent{0, 0};
  Extent extent;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    std::int64_t reach = 0;
    if (__builtin_mul_overflow(extent.count, shape[i], &extent.count) ||
        __builtin_mul_overflow(shape[i] - 1, strides[i], &reach) ||
        __builtin_add_overflow(extent.last, reach, &extent.last)) {
      return std::nullopt;
    }
  }
  return extent;
}

// (storage, offset, shape, strides, requires_grad, hooks[, metadata])
StoredTensor TensorReader::read(std::string_view name, const PickleValue& tensor) const {
  const Pickle& pickle = content_.pickle;
  const std::vector<std::uint32_t>& arguments = pickle[tensor.items[0]].items;
  constexpr std::size_t kMetadata = 6;
  if (arguments.size() < 4 || pickle[arguments[0]].kind != Kind::Persistent ||
      pickle[arguments[1]].kind != Kind::Integer || pickle[arguments[1]].integer < 0) {
    fail(name, "is made in a way that torch.save does not know");
  }
  if (arguments.size() > kMetadata && !pickle[arguments[kMetadata]].items.empty()) {
    throw unsupported_error(
        "{}: tensor '{}' is to be negated or conjugated as it is read; save it resolved: "
        "tensor.resolve_neg().resolve_conj()",
        origin_, printable(name));
  }
  const TorchStorage storage = read_storage(pickle, pickle[arguments[0]], origin_);
  const std::string_view bytes = bytes_of(name, storage);
  const std::size_t width = size_of(storage.dtype);
  StoredTensor read;
  read.view.dtype = storage.dtype;
  read.view.shape = sizes(name, pickle[arguments[2]]);
  read.strides = sizes(name, pickle[arguments[3]]);
  const std::vector<std::int64_t>& shape = read.view.shape;
  if (shape.size() != read.strides.size() || shape.size() > kMostDimensions)
    fail(name, fmt::format("has {} sizes and {} strides", shape.size(), read.strides.size()));
  const std::optional<Extent> extent = extent_of(shape, read.strides);
  const std::int64_t first = pickle[arguments[1]].integer;
  const std::int64_t room = first > storage.part ? 0 : storage.part - first;
  if (!extent || first > storage.part || (extent->count > 0 && extent->last >= room)) {
    fail(name, fmt::format("of shape {} reaches beyond its storage '{}' of {} elements",
                           printable(shape_to_string(shape)), printable(storage.key), storage.part));
  }
  // Elements that share bytes could make a small file fill all memory.
  const std::uint64_t most = std::max<std::uint64_t>(kLargestExpanded, bytes.size()) / width;
  if (static_cast<std::uint64_t>(extent->count) > most) {
    throw usage_error("{}: tensor '{}' of shape {} is expanded from fewer elements; save tensor.clone()",
                      origin_, printable(name), printable(shape_to_string(shape)));
  }
  const std::uint64_t own = extent->count == 0 ? 0 : static_cast<std::uint64_t>(extent->last) + 1;
  read.view.data =
      std::as_bytes(std::span(bytes.substr(static_cast<std::size_t>(first) * width, own * width)));
  if (extent->count == 0 || is_row_major(shape, read.strides)) read.strides.clear();
  return read;
}

TorchContent read_content(std::string_view bytes, std::string_view origin) {
  if (bytes.starts_with("PK\3\4"sv)) return read_torch_zip(bytes, origin);
  if (bytes.starts_with('\x80')) return read_torch_legacy(bytes, origin);
  refuse_foreign_format(bytes, origin);
  throw usage_error("{}: it is no file of torch.save, neither a ZIP archive nor a pickle; download it again",
                    origin);
}

}  // namespace

WeightsFile read_torch_file(const std::filesystem::path& path) {
  WeightsFile read{std::make_shared<const MappedFile>(path), {}};
  const std::string origin = printable(path.string(), kLongestPath);
  const auto bytes = read.file->bytes();
  const TorchContent content =
      read_content({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, origin);
  const TensorReader reader(content, origin);
  const PickleValue& dict = find_state_dict(content.pickle, origin);
  for (std::size_t i = 0; i < dict.items.size(); i += 2) {
    const PickleValue& key = content.pickle[dict.items[i]];
    const PickleValue& value = content.pickle[dict.items[i + 1]];
    if (key.kind != Kind::Text || value.kind != Kind::Tensor) continue;
    read.tensors.insert_or_assign(std::string(key.text), reader.read(key.text, value));
  }
  return read;
}

}  // namespace medbench
