// Texts of given lengths, padded and without padding, for tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "base/axes.hpp"
#include "base/random.hpp"
#include "base/tensor.hpp"
#include "data/packed_tensors.hpp"
#include "models/bert.hpp"
#include "passes/pack_tokens.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::testing {

using Lengths = std::vector<std::int64_t>;

// Each second text is a pair, whose second one begins in its middle.
inline std::vector<EncodedText> random_texts(const Lengths& lengths, std::int64_t vocab_size,
                                             std::uint64_t seed) {
  SplitMix64 random(seed);
  std::vector<EncodedText> texts;
  for (const std::int64_t length : lengths) {
    EncodedText& text = texts.emplace_back();
    for (std::int64_t i = 0; i < length; ++i)
      text.ids.push_back(
          static_cast<std::int64_t>(random.uniform_below(static_cast<std::uint64_t>(vocab_size))));
    if (texts.size() % 2 == 0) text.second_begins = text.ids.size() / 2;
  }
  return texts;
}

// What is made of a graph and its inputs afterwards.
using Form = std::function<passes::PackedTexts(passes::PackedTexts)>;

// The encoder over texts of those lengths.
struct TextsOf {
  TextsOf(const TinyBert& bert, Lengths text_lengths, std::uint64_t seed, const Form& form = std::identity{})
      : lengths(std::move(text_lengths)), texts(random_texts(lengths, bert.config.vocab_size, seed)) {
    const auto specs = encoder_input_specs(bert.config.vocab_size, bert.config.token_types);
    passes::PackedTexts packing = form(passes::pack_tokens(bert.graph(), specs));
    packed_graph = std::move(packing.graph);
    packed_axes = medbench::packed_axes(texts);
    packed = packed_tensors(texts, packing.inputs);
    padded_axes = {{Axis::Batch, packed_axes[Axis::Batch]}, {Axis::Seq, packed_axes[Axis::Seq]}};
    padded = text_tensors(texts, specs, padded_axes, 0);
  }

  Lengths lengths;
  std::vector<EncodedText> texts;
  ir::Graph packed_graph;
  Axes packed_axes;
  NamedTensors packed;
  Axes padded_axes;
  NamedTensors padded;
};

// The tokens of an output [batch, seq, ...] that are no padding, as [tokens, ...]; one [batch, ...] as it is.
inline HostTensor without_padding(const HostTensor& output, const Lengths& lengths, std::int64_t seq) {
  std::vector<std::int64_t> shape = output.shape();
  const bool is_of_tokens = shape.size() == 3 && shape[1] == seq;
  if (is_of_tokens) {
    shape.erase(shape.begin());
    shape[0] = 0;
    for (const std::int64_t length : lengths) shape[0] += length;
  }
  HostTensor result(DType::F32, shape);
  if (!is_of_tokens) {
    std::ranges::copy(output.f32(), result.f32().begin());
    return result;
  }
  auto place = result.f32().begin();
  for (std::size_t text = 0; text < lengths.size(); ++text) {
    const auto row = static_cast<std::size_t>(seq * shape.back());
    const auto count = static_cast<std::size_t>(lengths[text] * shape.back());
    place = std::ranges::copy(output.f32().subspan(text * row, count), place).out;
  }
  return result;
}

}  // namespace medbench::testing
