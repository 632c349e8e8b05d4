#include "data/stored_tensor.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <sys/mman.h>
#include <unistd.h>

namespace medbench {
namespace {

struct Dimension {
  std::int64_t size;
  std::ptrdiff_t step;  // bytes
};

// All elements below `dimensions`, of which there are few: each has two elements at least.
template <std::size_t Width>
std::byte* gather(const std::byte* from, std::span<const Dimension> dimensions, std::byte* to) {
  if (dimensions.empty()) {
    std::memcpy(to, from, Width);
    return to + Width;
  }
  for (std::int64_t i = 0; i < dimensions[0].size; ++i)
    to = gather<Width>(from + i * dimensions[0].step, dimensions.subspan(1), to);
  return to;
}

void gather(const StoredTensor& tensor, std::span<std::byte> to) {
  const std::size_t width = size_of(tensor.view.dtype);
  std::vector<Dimension> dimensions;
  for (std::size_t i = 0; i < tensor.strides.size(); ++i) {
    const std::int64_t size = tensor.view.shape[i];
    if (size != 1) dimensions.push_back({size, tensor.strides[i] * static_cast<std::ptrdiff_t>(width)});
  }
  const std::byte* from = tensor.view.data.data();
  if (width == 1) gather<1>(from, dimensions, to.data());
  if (width == 2) gather<2>(from, dimensions, to.data());
  if (width == 4) gather<4>(from, dimensions, to.data());
  if (width == 8) gather<8>(from, dimensions, to.data());
}

HostTensor copy_of(const StoredTensor& tensor) {
  HostTensor copy(tensor.view.dtype, tensor.view.shape);
  if (copy.bytes().empty()) return copy;
  if (tensor.strides.empty()) {
    std::memcpy(copy.bytes().data(), tensor.view.data.data(), copy.bytes().size());
  } else {
    gather(tensor, copy.bytes());
  }
  return copy;
}

bool is_aligned(const TensorView& view) {
  return reinterpret_cast<std::uintptr_t>(view.data.data()) % size_of(view.dtype) == 0;
}

// Pages that lie within these bytes of a mapped file, and come again where they are read.
void let_go(const MappedFile& file, std::span<const std::byte> bytes) {
  static const auto kPage = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<std::size_t>(bytes.data() - file.bytes().data());
  const std::size_t first = (begin + kPage - 1) / kPage * kPage;
  const std::size_t end = (begin + bytes.size()) / kPage * kPage;
  if (first >= end) return;
  // Nothing is lost of a mapping that is only read; if this fails, only memory is.
  ::madvise(const_cast<std::byte*>(file.bytes().data()) + first, end - first, MADV_DONTNEED);
}

// Part by part, so that little is there twice.
void move_out(const MappedFile& file, std::span<const std::byte> from, std::span<std::byte> to) {
  constexpr std::size_t kPart = std::size_t{4} << 20U;
  while (!from.empty()) {
    const auto part = from.first(std::min(kPart, from.size()));
    std::memcpy(to.data(), part.data(), part.size());
    let_go(file, part);
    from = from.subspan(part.size());
    to = to.subspan(part.size());
  }
}

bool shares_elements(const StoredTensor& tensor) {
  const auto stored = static_cast<std::int64_t>(tensor.view.data.size() / size_of(tensor.view.dtype));
  return element_count(tensor.view.shape) > stored;
}

}  // namespace

ir::ParameterData read_stored(const StoredTensor& tensor, const std::shared_ptr<const MappedFile>& file) {
  if (tensor.strides.empty() && is_aligned(tensor.view)) return {tensor.view, file};
  auto copy = std::make_shared<HostTensor>();
  if (tensor.strides.empty()) {
    *copy = HostTensor(tensor.view.dtype, tensor.view.shape);
    move_out(*file, tensor.view.data, copy->bytes());
  } else {
    *copy = copy_of(tensor);
    let_go(*file, tensor.view.data);
  }
  TensorView view = copy->view();
  return {std::move(view), std::move(copy)};
}

bool is_same(const StoredTensor& a, const StoredTensor& b) {
  if (a.view.dtype != b.view.dtype || a.view.shape != b.view.shape) return false;
  const bool is_one_place = a.view.data.data() == b.view.data.data() && a.strides == b.strides;
  if (is_one_place || shares_elements(a) || shares_elements(b)) return is_one_place;
  if (a.strides.empty() && b.strides.empty()) return std::ranges::equal(a.view.data, b.view.data);
  return std::ranges::equal(copy_of(a).view().data, copy_of(b).view().data);
}

}  // namespace medbench
