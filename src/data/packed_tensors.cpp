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
    case ir::Role::PaddedTokens:
    case ir::Role::PaddedMask:
    case ir::Role::PaddedPlaces:
    case ir::Role::PaddedOrder:
    case ir::Role::Mask:
    case ir::Role::Pixels:
    case ir::Role::Any:
      throw usage_error("the model's input {} cannot be made of texts without padding", spec.name);
  }
}

std::vector<std::int64_t> offsets_of(std::span<const EncodedText> texts) {
  std::vector<std::int64_t> offsets{0};
  for (const EncodedText& text : texts)
    offsets.push_back(offsets.back() + static_cast<std::int64_t>(text.ids.size()));
  return offsets;
}

// The places among texts padded to `longest` that have a token, text by text.
std::vector<std::int64_t> taken_places(std::span<const std::int64_t> offsets, std::int64_t longest) {
  std::vector<std::int64_t> places;
  for (std::size_t text = 0; text + 1 < offsets.size(); ++text) {
    const std::int64_t begin = static_cast<std::int64_t>(text) * longest;
    for (std::int64_t i = 0; i < offsets[text + 1] - offsets[text]; ++i) places.push_back(begin + i);
  }
  return places;
}

// [texts, longest], from the places that have a token.
void fill_padded(std::span<std::int64_t> padded, ir::Role role, std::span<const std::int64_t> places) {
  std::ranges::fill(padded, 0);
  std::int64_t token = 0;
  for (const std::int64_t place : places)
    padded[static_cast<std::size_t>(place)] = role == ir::Role::PaddedTokens ? token++ : 1;
  if (role != ir::Role::PaddedOrder) return;
  std::vector<std::int64_t> order(places.begin(), places.end());
  for (std::size_t place = 0; place < padded.size(); ++place)
    if (padded[place] == 0) order.push_back(static_cast<std::int64_t>(place));
  std::ranges::copy(order, padded.begin());
}

}  // namespace

bool fill_places(HostTensor& tensor, ir::Role role, std::span<const std::int64_t> offsets) {
  if (!tells_places(role) || role == ir::Role::Positions) return false;
  if (role == ir::Role::Offsets) {
    std::ranges::copy(offsets, tensor.i64().begin());
    return true;
  }
  const std::vector<std::int64_t> places = taken_places(offsets, longest_text(offsets));
  if (role == ir::Role::PaddedPlaces) {
    std::ranges::copy(places, tensor.i64().begin());
  } else {
    fill_padded(tensor.i64(), role, places);
  }
  return true;
}

std::int64_t longest_text(std::span<const std::int64_t> offsets) {
  std::int64_t longest = 0;
  for (std::size_t i = 1; i < offsets.size(); ++i) longest = std::max(longest, offsets[i] - offsets[i - 1]);
  return longest;
}

bool are_packed(std::span<const ir::InputSpec> inputs) {
  return std::ranges::count(inputs, ir::Role::Offsets, &ir::InputSpec::role) > 0;
}

Axes packed_axes(std::span<const EncodedText> texts) {
  const std::vector<std::int64_t> offsets = offsets_of(texts);
  return {{Axis::Batch, static_cast<std::int64_t>(texts.size())},
          {Axis::Seq, longest_text(offsets)},
          {Axis::Tokens, offsets.back()}};
}

NamedTensors packed_tensors(std::span<const EncodedText> texts, std::span<const ir::InputSpec> inputs) {
  const Axes axes = packed_axes(texts);
  const std::vector<std::int64_t> offsets = offsets_of(texts);
  NamedTensors tensors;
  for (const ir::InputSpec& spec : inputs) {
    HostTensor& tensor = tensors.emplace(spec.name, empty_input(spec, axes)).first->second;
    if (fill_places(tensor, spec.role, offsets)) continue;
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
