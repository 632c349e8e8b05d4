#include "data/synthetic.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>
#include <optional>
#include <system_error>
#include <thread>

#include "base/error.hpp"
#include "base/random.hpp"

namespace medbench {
namespace {

// Every block of a tensor has a generator of its own, so that blocks can be made in any order.
constexpr std::size_t kBlock = std::size_t{1} << 16U;  // values
constexpr unsigned kMostThreads = 8;                   // more do not help: memory is the limit

// 0.02 / sqrt(16 + 1/12) / 2^24: from units of 2^-24 to a standard deviation of 0.02.
constexpr float kScale = 2.9725014e-10F;

// The number of set bits. std::popcount is a slow library call where the baseline of the architecture has no
// instruction for it; this form is public knowledge (Warren, "Hacker's Delight", 2nd edition, 5-1).
constexpr int count_bits(std::uint64_t x) {
  x -= (x >> 1U) & 0x5555555555555555U;
  x = (x & 0x3333333333333333U) + ((x >> 2U) & 0x3333333333333333U);
  x = (x + (x >> 4U)) & 0x0F0F0F0F0F0F0F0FU;
  return static_cast<int>((x * 0x0101010101010101U) >> 56U);
}

constexpr float normal_value(std::uint64_t word, std::uint64_t fraction24) {
  constexpr int kHalf = 1 << 23;
  const int units = (count_bits(word) - 32) * (1 << 24) + static_cast<int>(fraction24) - kHalf;
  return static_cast<float>(units) * kScale;
}

void fill_block(std::span<float> out, std::uint64_t seed) {
  SplitMix64 random(seed);
  constexpr std::uint64_t kMask = 0xFFFFFFU;
  for (std::size_t i = 0; i + 1 < out.size(); i += 2) {
    const std::uint64_t first = random.next();
    const std::uint64_t second = random.next();
    const std::uint64_t fractions = random.next();
    out[i] = normal_value(first, fractions & kMask);
    out[i + 1] = normal_value(second, (fractions >> 32U) & kMask);
  }
  if (out.size() % 2 != 0) {
    const std::uint64_t word = random.next();
    out.back() = normal_value(word, random.next() & kMask);
  }
}

// Memory that is not touched here, so that each thread's pages come to it as it fills them.
std::shared_ptr<float> allocate(std::size_t count) {
  constexpr std::align_val_t kAlignment{64};
  auto* memory = static_cast<float*>(::operator new[](count * sizeof(float), kAlignment));
  return {memory, [](float* p) { ::operator delete[](p, kAlignment); }};
}

}  // namespace

void fill_normal(std::span<float> out, std::uint64_t stream, unsigned threads) {
  const std::size_t blocks = (out.size() + kBlock - 1) / kBlock;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t block = next++; block < blocks; block = next++) {
      const std::size_t begin = block * kBlock;
      fill_block(out.subspan(begin, std::min(kBlock, out.size() - begin)), SplitMix64(stream + block).next());
    }
  };
  std::vector<std::jthread> helpers;
  const std::size_t wanted = std::min<std::size_t>({threads, kMostThreads, blocks});
  try {
    while (helpers.size() + 1 < wanted) helpers.emplace_back(work);
  } catch (const std::system_error&) {
    // No more threads may be started; those that run and this one do the work.
  }
  work();
}

std::uint64_t stream_of(std::uint64_t seed, std::string_view tensor_name) {
  // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : tensor_name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return SplitMix64(SplitMix64(seed).next() ^ hash).next();
}

namespace {

constexpr double kUsualDeviation = 0.02;

// How many products make an element of the result; nothing for operations of another kind.
std::optional<double> products_of(const ir::Op& op, const ir::Shape& weight) {
  const auto* quantized = std::get_if<ir::QuantizedConvolution>(&op);
  const auto* convolution = quantized != nullptr ? &quantized->window : std::get_if<ir::Convolution>(&op);
  const auto* transposed = std::get_if<ir::TransposedConvolution>(&op);
  if (convolution == nullptr && transposed == nullptr) return std::nullopt;
  double kernel = 1;
  for (std::size_t i = 2; i < weight.size(); ++i) kernel *= static_cast<double>(weight[i].factor);
  if (convolution != nullptr) return kernel * static_cast<double>(weight[1].factor);
  // Of a kernel's elements, one in each stride meets an element of the result.
  for (const std::int64_t stride : transposed->stride) kernel /= static_cast<double>(stride);
  return kernel * static_cast<double>(weight[0].factor) / static_cast<double>(transposed->groups);
}

}  // namespace

SyntheticWeights::Content SyntheticWeights::content_of(const ir::Op& op, std::size_t input) {
  if (std::holds_alternative<ir::LayerNorm>(op)) return input == 1 ? Content::Ones : Content::Zeros;
  const bool is_linear =
      std::holds_alternative<ir::Linear>(op) || std::holds_alternative<ir::QuantizedLinear>(op);
  const bool is_convolution = std::holds_alternative<ir::Convolution>(op) ||
                              std::holds_alternative<ir::QuantizedConvolution>(op) ||
                              std::holds_alternative<ir::TransposedConvolution>(op);
  if ((is_linear || is_convolution) && input == 2) return Content::Zeros;
  if (std::holds_alternative<ir::InstanceNorm>(op)) return input == 1 ? Content::Ones : Content::Zeros;
  // Scale, shift, mean, variance.
  if (std::holds_alternative<ir::BatchNorm>(op))
    return input == 1 || input == 4 ? Content::Ones : Content::Zeros;
  return Content::Normal;
}

SyntheticWeights::SyntheticWeights(const ir::Graph& graph, std::uint64_t seed) : seed_(seed) {
  std::vector<Content> contents(graph.values.size(), Content::Normal);
  std::vector<float> scales(graph.values.size(), 1);
  for (const ir::Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) contents.at(node.inputs[i]) = content_of(node.op, i);
    const auto products =
        node.inputs.size() < 2 ? std::nullopt : products_of(node.op, graph.value(node.inputs[1]).shape);
    if (products)
      scales.at(node.inputs[1]) = static_cast<float>(1 / (kUsualDeviation * std::sqrt(*products)));
  }
  for (const ir::ValueId id : graph.parameters()) {
    const ir::Value& parameter = graph.value(id);
    std::vector<std::int64_t> shape = ir::bind(parameter.shape, {});
    const auto parts = static_cast<std::int64_t>(parameter.parts.size());
    if (parameter.dtype != DType::F32 || shape.empty() || parts == 0 || shape.front() % parts != 0) {
      throw internal_error("parameter '{}', {} {} of {} parts, cannot be made up", parameter.name,
                           to_string(parameter.dtype), shape_to_string(shape), parts);
    }
    shape.front() /= parts;
    for (const std::string& part : parameter.parts)
      tensors_.insert_or_assign(part, Tensor{contents[id], shape, scales[id]});
  }
}

ir::ParameterData SyntheticWeights::read(std::string_view name) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw usage_error("the model has no parameter '{}'", name);
  const Tensor& tensor = found->second;
  const auto count = static_cast<std::size_t>(element_count(tensor.shape));
  const auto memory = allocate(count);
  const std::span<float> values(memory.get(), count);
  switch (tensor.content) {
    case Content::Normal:
      fill_normal(values, stream_of(seed_, name), std::max(1U, std::thread::hardware_concurrency()));
      if (tensor.scale != 1)
        for (float& value : values) value *= tensor.scale;
      break;
    case Content::Zeros:
      std::fill(values.begin(), values.end(), 0.0F);
      break;
    case Content::Ones:
      std::fill(values.begin(), values.end(), 1.0F);
      break;
  }
  return {{DType::F32, tensor.shape, std::as_bytes(values)}, memory};
}

}  // namespace medbench
