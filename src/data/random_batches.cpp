#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "data/batches.hpp"

namespace medbench {

namespace {

// More is a mistake, not a batch.
constexpr std::int64_t kMostBytes = std::int64_t{1} << 29;
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

// Of the tokens of such texts.
void fill_positions(std::span<std::int64_t> positions, std::int64_t texts) {
  const auto tokens = static_cast<std::int64_t>(positions.size());
  for (std::int64_t text = 0; text < texts; ++text) {
    const std::int64_t begin = text * tokens / texts;
    const std::int64_t end = (text + 1) * tokens / texts;
    for (std::int64_t i = begin; i < end; ++i) positions[static_cast<std::size_t>(i)] = i - begin;
  }
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
    case ir::Role::Positions:
      return fill_positions(tensor.i64(), std::max<std::int64_t>(1, axes[Axis::Batch]));
    case ir::Role::PaddedTokens:
    case ir::Role::PaddedMask:
    case ir::Role::PaddedPlaces:
    case ir::Role::PaddedOrder:
      throw internal_error("{} is made of texts' offsets, not at random", spec.name);
    case ir::Role::Pixels:
    case ir::Role::Any:
      return fill_integers(tensor.i64(), least, most, random);
  }
}

class RandomBatches final : public BatchSource {
 public:
  RandomBatches(std::vector<ir::InputSpec> inputs, const Axes& axes, std::uint64_t seed)
      : inputs_(std::move(inputs)), axes_(axes), random_(seed) {}

  std::optional<Batch> next() override {
    Batch batch{.tensors = {}, .axes = axes_, .work = {}};
    for (const ir::InputSpec& spec : inputs_) {
      HostTensor& tensor = batch.tensors.emplace(spec.name, empty_input(spec, axes_)).first->second;
      fill(tensor, spec, axes_, random_);
    }
    const auto count = static_cast<double>(axes_[Axis::Batch]);
    if (std::ranges::count(inputs_, ir::Role::Pixels, &ir::InputSpec::role) > 0) {
      batch.work.images = count;
    } else {
      batch.work.sequences = count;
      batch.work.tokens = count * static_cast<double>(axes_[Axis::Seq]);
      batch.work.useful_tokens = batch.work.tokens;
    }
    return batch;
  }
  [[nodiscard]] std::string_view kind() const override { return "random"; }

 private:
  std::vector<ir::InputSpec> inputs_;
  Axes axes_;
  SplitMix64 random_;
};

}  // namespace

void check_input(const ir::InputSpec& spec, const Axes& axes) {
  const std::vector<std::int64_t> shape = ir::bind(spec.shape, axes);
  if (std::ranges::any_of(shape, [](std::int64_t size) { return size < 1; }))
    throw usage_error("{} would be {}: every dimension must be at least 1", spec.name,
                      shape_to_string(shape));
  const std::int64_t most = kMostBytes / static_cast<std::int64_t>(size_of(spec.dtype));
  if (element_count(shape) > most)
    throw usage_error("{} would be {}, which is more than {} elements; use smaller dimensions", spec.name,
                      shape_to_string(shape), most);
}

HostTensor empty_input(const ir::InputSpec& spec, const Axes& axes) {
  check_input(spec, axes);
  return {spec.dtype, ir::bind(spec.shape, axes)};
}

std::unique_ptr<BatchSource> random_batches(std::vector<ir::InputSpec> inputs, const Axes& axes,
                                            std::uint64_t seed) {
  return std::make_unique<RandomBatches>(std::move(inputs), axes, seed);
}

std::string name_in_batch(const std::string& tensor, std::size_t batch) {
  return batch == 0 ? tensor : fmt::format("{}.{}", tensor, batch);
}

std::vector<Batch> take(BatchSource& source, std::size_t count) {
  std::vector<Batch> batches;
  while (batches.size() < count) {
    std::optional<Batch> batch = source.next();
    if (!batch) break;
    batches.push_back(std::move(*batch));
  }
  return batches;
}

}  // namespace medbench
