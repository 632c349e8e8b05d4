#include "data/packed_tensors.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "data/batches.hpp"

namespace medbench {

namespace {

// The tokens of one text.
void fill(std::span<std::int64_t> place, const EncodedText& text, const ir::InputSpec& spec) {
  const auto least = static_cast<std::int64_t>(spec.domain.least);
  switch (spec.role) {
    case ir::Role::Ids:
      std::ranges::copy(text.ids, place.begin());
      return;
    case ir::Role::Types: {
      std::ranges::fill(place, least);
      const std::size_t second = std::min(text.second_begins, place.size());
      std::ranges::fill(place.subspan(second),
                        std::min(least + 1, static_cast<std::int64_t>(spec.domain.most)));
      return;
    }
    case ir::Role::Positions:
      std::iota(place.begin(), place.end(), std::int64_t{0});
      return;
    case ir::Role::Offsets:
    case ir::Role::Mask:
    case ir::Role::Pixels:
    case ir::Role::Any:
      throw usage_error("the model's input {} cannot be made of texts without padding", spec.name);
  }
}

void fill_offsets(std::span<std::int64_t> offsets, std::span<const EncodedText> texts) {
  for (std::size_t i = 0; i < texts.size(); ++i)
    offsets[i + 1] = offsets[i] + static_cast<std::int64_t>(texts[i].ids.size());
}

}  // namespace

Axes packed_axes(std::span<const EncodedText> texts) {
  std::int64_t tokens = 0;
  std::int64_t longest = 0;
  for (const EncodedText& text : texts) {
    const auto length = static_cast<std::int64_t>(text.ids.size());
    tokens += length;
    longest = std::max(longest, length);
  }
  return {
      {Axis::Batch, static_cast<std::int64_t>(texts.size())}, {Axis::Seq, longest}, {Axis::Tokens, tokens}};
}

NamedTensors packed_tensors(std::span<const EncodedText> texts, std::span<const ir::InputSpec> inputs) {
  const Axes axes = packed_axes(texts);
  NamedTensors tensors;
  for (const ir::InputSpec& spec : inputs) {
    HostTensor& tensor = tensors.emplace(spec.name, empty_input(spec, axes)).first->second;
    if (spec.role == ir::Role::Offsets) {
      fill_offsets(tensor.i64(), texts);
      continue;
    }
    std::size_t begin = 0;
    for (const EncodedText& text : texts) {
      fill(tensor.i64().subspan(begin, text.ids.size()), text, spec);
      begin += text.ids.size();
    }
  }
  return tensors;
}

std::vector<std::int64_t> packed_lengths(std::span<const ir::InputSpec> inputs, const NamedTensors& tensors) {
  const auto spec = std::ranges::find(inputs, ir::Role::Offsets, &ir::InputSpec::role);
  if (spec == inputs.end()) return {};
  const auto offsets = tensors.at(spec->name).i64();
  std::vector<std::int64_t> lengths(offsets.begin() + 1, offsets.end());
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] -= offsets[i];
  return lengths;
}

}  // namespace medbench
