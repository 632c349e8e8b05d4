#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "data/inputs.hpp"

namespace medbench {

namespace {

// 512 MiB of ids: more is a mistake, not a batch.
constexpr std::int64_t kMostElements = std::int64_t{1} << 26;
// BERT's vocabularies begin with padding, special and unused tokens.
constexpr std::int64_t kReservedIds = 100;

void fill_integers(std::span<std::int64_t> values, std::int64_t least, std::int64_t most,
                   SplitMix64& random) {
  const auto choices = static_cast<std::uint64_t>(most - least + 1);
  for (std::int64_t& value : values) value = least + static_cast<std::int64_t>(random.uniform_below(choices));
}

void fill_reals(HostTensor& tensor, const ir::Interval& domain, SplitMix64& random) {
  constexpr unsigned kFractionBits = 24;  // as many as an F32 holds
  constexpr double kStep = 1.0 / (1U << kFractionBits);
  std::vector<float> values(static_cast<std::size_t>(element_count(tensor.shape())));
  for (float& value : values) {
    const auto steps = static_cast<double>(random.next() >> (64U - kFractionBits));
    value = static_cast<float>(domain.least + (domain.most - domain.least) * kStep * steps);
  }
  from_float(values, tensor.dtype(), tensor.bytes());
}

// Texts of equal length, as far as their number divides the tokens.
void fill_offsets(std::span<std::int64_t> offsets, std::int64_t tokens) {
  const auto texts = std::max<std::int64_t>(1, static_cast<std::int64_t>(offsets.size()) - 1);
  for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = static_cast<std::int64_t>(i) * tokens / texts;
}

void fill(HostTensor& tensor, const ir::InputSpec& spec, const Axes& axes, SplitMix64& random) {
  if (spec.domain.most < spec.domain.least)
    throw usage_error("no value is valid for {}: its domain is empty", spec.name);
  if (is_floating_point(spec.dtype)) return fill_reals(tensor, spec.domain, random);
  const auto least = static_cast<std::int64_t>(spec.domain.least);
  const auto most = static_cast<std::int64_t>(spec.domain.most);
  switch (spec.role) {
    case ir::Role::Ids:
      return fill_integers(tensor.i64(), most < kReservedIds ? least : std::max(least, kReservedIds), most,
                           random);
    case ir::Role::Mask:
      std::ranges::fill(tensor.i64(), 1);
      return;
    case ir::Role::Types:
      std::ranges::fill(tensor.i64(), least);
      return;
    case ir::Role::Offsets:
      return fill_offsets(tensor.i64(), axes[Axis::Tokens]);
    case ir::Role::Pixels:
    case ir::Role::Any:
      return fill_integers(tensor.i64(), least, most, random);
  }
}

}  // namespace

HostTensor empty_input(const ir::InputSpec& spec, const Axes& axes) {
  std::vector<std::int64_t> shape = ir::bind(spec.shape, axes);
  if (std::ranges::any_of(shape, [](std::int64_t size) { return size < 1; }))
    throw usage_error("{} would be {}: every dimension must be at least 1", spec.name,
                      shape_to_string(shape));
  if (element_count(shape) > kMostElements)
    throw usage_error("{} would be {}, which is more than {} elements; use smaller dimensions", spec.name,
                      shape_to_string(shape), kMostElements);
  return {spec.dtype, std::move(shape)};
}

InputSets random_inputs(std::span<const ir::InputSpec> inputs, const Axes& axes, std::uint64_t seed,
                        std::size_t sets) {
  InputSets made;
  made.source = "random";
  made.least = axes;
  made.most = axes;
  SplitMix64 random(seed);
  for (std::size_t i = 0; i < sets; ++i) {
    NamedTensors& set = made.sets.emplace_back();
    for (const ir::InputSpec& spec : inputs) {
      HostTensor& tensor = set.emplace(spec.name, empty_input(spec, axes)).first->second;
      fill(tensor, spec, axes, random);
    }
  }
  made.tokens = axes[Axis::Batch] * axes[Axis::Seq];
  made.useful_tokens = static_cast<double>(made.tokens);
  return made;
}

}  // namespace medbench
