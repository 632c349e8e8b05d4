#include "accuracy/packed_parity.hpp"

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "data/packed_tensors.hpp"

namespace medbench {

namespace {

std::size_t row_bytes(const TensorView& tensor, std::size_t leading) {
  const std::span<const std::int64_t> shape = tensor.shape;
  return static_cast<std::size_t>(element_count(shape.subspan(leading))) * size_of(tensor.dtype);
}

}  // namespace

TextPlaces::TextPlaces(const TensorView& offsets) : offsets_(offsets.data.size() / sizeof(std::int64_t)) {
  if (offsets.dtype != DType::I64 || offsets.shape.size() != 1 || offsets_.empty())
    throw internal_error("offsets of texts must be I64 [texts+1], found {} {}", to_string(offsets.dtype),
                         shape_to_string(offsets.shape));
  std::memcpy(offsets_.data(), offsets.data.data(), offsets.data.size());
  if (offsets_.front() != 0 || !std::ranges::is_sorted(offsets_))
    throw internal_error("the offsets of texts do not ascend from 0");
}

std::int64_t TextPlaces::longest() const {
  return longest_text(offsets_);
}

bool TextPlaces::hold_the_same(const TensorView& packed, const TensorView& padded) const {
  if (packed.dtype != padded.dtype || packed.shape != std::vector{offsets_.back()} ||
      padded.shape != std::vector{texts(), longest()})
    return false;
  const std::size_t size = size_of(packed.dtype);
  const std::size_t row = row_bytes(padded, 1);
  for (std::size_t text = 0; text + 1 < offsets_.size(); ++text) {
    const auto begin = static_cast<std::size_t>(offsets_[text]);
    const auto length = static_cast<std::size_t>(offsets_[text + 1]) - begin;
    const auto found = packed.data.subspan(begin * size, length * size);
    const auto wanted = padded.data.subspan(text * row, length * size);
    if (!std::ranges::equal(found, wanted)) return false;
  }
  return true;
}

HostTensor TextPlaces::pad(const TensorView& packed, std::int64_t seq) const {
  if (packed.shape.empty() || packed.shape.front() != offsets_.back() || longest() > seq)
    throw usage_error("{} is not {} tokens of texts of at most {}", shape_to_string(packed.shape),
                      offsets_.back(), seq);
  std::vector<std::int64_t> shape{texts(), seq};
  shape.insert(shape.end(), packed.shape.begin() + 1, packed.shape.end());
  HostTensor padded(packed.dtype, shape);
  const std::size_t token = row_bytes(packed, 1);
  for (std::size_t text = 0; text + 1 < offsets_.size(); ++text) {
    const auto begin = static_cast<std::size_t>(offsets_[text]);
    const auto length = static_cast<std::size_t>(offsets_[text + 1]) - begin;
    std::ranges::copy(packed.data.subspan(begin * token, length * token),
                      padded.bytes().subspan(text * static_cast<std::size_t>(seq) * token).begin());
  }
  return padded;
}

HostTensor TextPlaces::mask(std::int64_t seq) const {
  HostTensor ones(DType::I64, {offsets_.back()});
  std::ranges::fill(ones.i64(), 1);
  return pad(ones.view(), seq);
}

}  // namespace medbench
